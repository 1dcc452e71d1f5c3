// Draws a section from JSON. Data only ever becomes text: no innerHTML, no eval of data.

const byId = (id) => document.getElementById(id);
const words = new Map(Object.entries(JSON.parse(byId("words").textContent)));
const look = JSON.parse(byId("look").textContent);
const section = byId("section");

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
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
  if (of.weight) return make("span", `weight ${of.weight}`, of.text);
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
  const node = make("table", `data ${block.look}`);
  const numeric = block.head.map((name) => name.startsWith("#"));
  const head = block.head.some(Boolean) ? node.createTHead().insertRow() : make("tr");
  block.head.forEach((name, i) => head.append(make("th", numeric[i] ? "num" : "", name.replace("#", ""))));
  const body = node.createTBody();
  for (const row of block.rows) {
    const line = body.insertRow();
    row.forEach((of, i) => {
      const named = block.look === "side" && i === 0;
      const place = line.appendChild(make(named ? "th" : "td"));
      if (named) place.scope = "row";
      if (numeric[i]) place.className = "num";
      if (numeric[i]) place.dataset.head = block.head[i].replace("#", "");
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
  const layout = { template: look, ...block.figure.layout, font };
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

function place(block) {
  if (block.kind !== "plot") return section;
  const last = section.lastElementChild;
  return block.beside && last.className === "plots" ? last : section.appendChild(make("div", "plots"));
}

function draw(shown) {
  const title = make("h2", "", shown.title);
  title.tabIndex = -1;
  section.replaceChildren(close(), make("p", "dim", shown.kicker), title, lead(shown));
  for (const block of shown.blocks) {
    if (block.title && block.kind !== "log") section.append(make("h3", "", block.title));
    place(block).append(kinds[block.kind](block));
  }
  return title;
}
