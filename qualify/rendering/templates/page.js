"use strict";
// Draws sections from JSON. Data only ever becomes text: no innerHTML, no eval of data.
(() => {
  const byId = (id) => document.getElementById(id);
  const words = new Map(Object.entries(JSON.parse(byId("words").textContent)));
  const section = byId("section");
  const tip = byId("tip");
  const parsed = new Map();
  let origin = null; // the square that was last in focus

  function make(tag, className, text) {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  }

  // ---- data -------------------------------------------------------------------------------

  function column(build) {
    if (!parsed.has(build)) {
      const found = [...document.querySelectorAll("script.column")].find((s) => s.dataset.build === build);
      parsed.set(build, found ? JSON.parse(found.textContent) : null);
    }
    return parsed.get(build);
  }

  function lookUp(hash) {
    const wanted = new URLSearchParams(hash.slice(1));
    const data = column(wanted.get("build"));
    const cell = wanted.get("cell");
    if (!data) return null;
    if (cell === null) return data.build;
    return Object.hasOwn(data.cells, cell) ? data.cells[cell] : null;
  }

  // ---- blocks -----------------------------------------------------------------------------

  function chip(status) {
    const known = words.get(status) || { glyph: "", style: "" };
    const node = make("span", "chip");
    const glyph = make("span", `sq ${known.style}`, known.glyph);
    glyph.setAttribute("aria-hidden", "true");
    node.append(glyph, status);
    return node;
  }

  function value(of) {
    if (typeof of === "string") return document.createTextNode(of);
    if (of.status) return chip(of.status);
    const anchor = make("a", "", of.text);
    if (of.href.startsWith("#")) anchor.href = of.href;
    return anchor;
  }

  function facts(block) {
    const list = make("dl");
    for (const [name, of] of block.rows) {
      const entry = make("dd");
      entry.append(value(of));
      list.append(make("dt", "", name), entry);
    }
    return list;
  }

  function table(block) {
    const scroller = make("div", "scroller");
    const node = make("table", "data");
    const numeric = block.head.map((name) => name.startsWith("#"));
    const head = block.head.some(Boolean) ? node.createTHead().insertRow() : make("tr");
    block.head.forEach((name, i) => head.append(make("th", numeric[i] ? "num" : "", name.replace("#", ""))));
    const body = node.createTBody();
    for (const row of block.rows) {
      const line = body.insertRow();
      row.forEach((of, i) => {
        const place = line.insertCell();
        if (numeric[i]) place.className = "num";
        place.append(value(of));
      });
    }
    scroller.append(node);
    return scroller;
  }

  function chips(block) {
    const node = make("p", "chips");
    for (const [of, count] of block.rows) {
      const entry = chip(of.status);
      entry.prepend(make("b", "", count));
      node.append(entry);
    }
    return node;
  }

  function log(block) {
    const node = make("details");
    node.append(make("summary", "", block.title), make("pre", "", block.text));
    return node;
  }

  async function copy(code, button) {
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      getSelection().selectAllChildren(code);
      document.execCommand("copy");
    }
    button.textContent = "copied";
    setTimeout(() => { button.textContent = "copy"; }, 1500);
  }

  function command(block) {
    const node = make("div", "command");
    const code = make("code", "", block.text);
    const button = make("button", "", "copy");
    button.type = "button";
    button.addEventListener("click", () => copy(code, button));
    node.append(code, button);
    return node;
  }

  function plotly() {
    if (!window.Plotly) {
      const script = make("script");
      script.textContent = byId("plotly").textContent;
      document.head.append(script);
    }
    return window.Plotly;
  }

  function plot(block) {
    const node = make("div", "plot");
    node.setAttribute("role", "img");
    node.setAttribute("aria-label", block.label);
    const font = { ...block.figure.layout.font, color: getComputedStyle(document.body).color };
    const layout = { ...block.figure.layout, font };
    const draw = () => plotly().newPlot(node, block.figure.data, layout, { displayModeBar: false, responsive: true });
    requestAnimationFrame(draw);
    return node;
  }

  const kinds = { text: (block) => make("p", "", block.text), facts, table, chips, log, command, plot };

  // ---- the section ------------------------------------------------------------------------

  function lead(shown) {
    const node = make("p", "lead");
    node.append(shown.status ? chip(shown.status) : make("span", `answer ${shown.answer}`, shown.glyph));
    node.append(make("span", "", shown.lead));
    return node;
  }

  function close() {
    const anchor = make("a", "close", "×");
    anchor.href = "#";
    anchor.setAttribute("aria-label", "Close, back to the grid");
    return anchor;
  }

  function draw(shown) {
    const title = make("h2", "", shown.title);
    title.tabIndex = -1;
    section.replaceChildren(close(), make("p", "dim", shown.kicker), title, lead(shown));
    for (const block of shown.blocks) {
      if (block.title && block.kind !== "log") section.append(make("h3", "", block.title));
      section.append(kinds[block.kind](block));
    }
    return title;
  }

  function mark(hash) {
    for (const old of document.querySelectorAll("[aria-current]")) old.removeAttribute("aria-current");
    const place = matrix.flat().find((a) => a.getAttribute("href") === hash);
    if (place) place.setAttribute("aria-current", "true");
    return place;
  }

  function open() {
    const shown = lookUp(location.hash);
    section.hidden = !shown;
    document.body.classList.toggle("open", Boolean(shown));
    tip.hidden = true;
    origin = mark(location.hash) || origin;
    if (!shown) {
      section.replaceChildren();
      if (origin) origin.focus();
      return;
    }
    const title = draw(shown);
    title.focus({ preventScroll: true });
    section.scrollIntoView({ block: "start" });
  }

  // ---- moving about -----------------------------------------------------------------------

  const rows = [...document.querySelectorAll(".grid tr")].map((row) => [...row.querySelectorAll("a")]);
  const matrix = rows.filter((row) => row.length);

  function rove(anchor) {
    for (const old of document.querySelectorAll('.grid a[tabindex="0"]')) old.tabIndex = -1;
    anchor.tabIndex = 0;
  }

  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -1e6], End: [0, 1e6] };

  function move(event) {
    const step = steps[event.key];
    const row = matrix.findIndex((line) => line.includes(event.target));
    if (!step || row < 0) return;
    event.preventDefault();
    const clamp = (n, size) => Math.max(0, Math.min(size - 1, n));
    const line = matrix[clamp(row + step[0], matrix.length)];
    line[clamp(matrix[row].indexOf(event.target) + step[1], line.length)].focus();
  }

  // ---- the tooltip, for the mouse and for the keyboard ----------------------------------------

  function show(event) {
    const target = event.target.closest(".grid [title], .grid [data-tip]");
    if (!target) return;
    if (target.title) {
      target.dataset.tip = target.title;
      target.removeAttribute("title");
    }
    tip.textContent = target.dataset.tip;
    tip.hidden = false;
    const box = target.getBoundingClientRect();
    const below = box.bottom + tip.offsetHeight + 8 < innerHeight;
    tip.style.left = `${Math.max(4, Math.min(box.left, innerWidth - tip.offsetWidth - 4))}px`;
    tip.style.top = `${below ? box.bottom + 4 : box.top - tip.offsetHeight - 4}px`;
  }

  function hide() { tip.hidden = true; }

  const grid = document.querySelector(".grid");
  grid.addEventListener("mouseover", show);
  grid.addEventListener("mouseout", hide);
  grid.addEventListener("focusin", (event) => { rove(event.target); show(event); });
  grid.addEventListener("focusout", hide);
  grid.addEventListener("keydown", move);
  addEventListener("scroll", hide, true);
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (tip.hidden && !section.hidden) location.hash = "#";
    hide();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", open);
  addEventListener("hashchange", open);
  if (matrix.length) matrix[Math.min(1, matrix.length - 1)][0].tabIndex = 0;
  if (location.hash.length > 1) open();
})();
