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

function quiet(node) {
  node.setAttribute("aria-hidden", "true");
  return node;
}

function chip(status) {
  const known = words.get(status) || { glyph: "", style: "" };
  const node = make("span", "chip", status);
  node.prepend(quiet(make("span", `sq ${known.style}`, known.glyph)));
  return node;
}

function answer(of) {
  const node = make("span", `decided ${of.answer}`, of.text);
  node.prepend(quiet(make("b", "", `${of.glyph} `)));
  return node;
}

// The text of a value behind which more folds out.
function folded(summary, body, look) {
  const node = make("details", look);
  node.append(make("summary", "", summary), body);
  return node;
}

function value(of) {
  if (typeof of === "string") return document.createTextNode(of);
  if (of.status) return chip(of.status);
  if (of.answer) return answer(of);
  if (of.weight) return make("span", `weight ${of.weight}`, of.text);
  if (of.log !== undefined) return folded(of.text || "log", make("pre", "", of.log), "tail");
  const anchor = make("a", "", of.text);
  if (/^(#|[\w%.~-]+\/)/.test(of.href)) anchor.href = of.href;
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
  block.head.forEach((name, i) => head.append(make(name ? "th" : "td", numeric[i] ? "num" : "", name.replace("#", ""))));
  const body = node.createTBody();
  for (const row of block.rows) {
    const line = body.insertRow();
    row.forEach((of, i) => {
      const named = block.look === "side" && i === 0;
      const place = line.appendChild(make(named ? "th" : "td"));
      if (named) place.scope = "row";
      if (numeric[i]) place.className = "num";
      else if (/^\d{4}-\d\d-\d\d$/.test(of)) place.className = "day";
      if (numeric[i]) place.dataset.head = block.head[i].replace("#", "");
      place.append(value(of));
    });
  }
  scroller.append(node);
  return block.fold ? folded(block.title, scroller, "") : scroller;
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

function ribbon(block) {
  const list = make("ul", "ribbon");
  for (const [of, label, href] of block.rows) {
    const known = of.status ? words.get(of.status) : { glyph: of.glyph, style: `decided ${of.answer}` };
    const mark = make(href ? "a" : "span", `sq ${known.style}`, known.glyph);
    if (href) mark.href = href;
    else mark.setAttribute("role", "img");
    mark.title = label;
    mark.setAttribute("aria-label", label);
    list.appendChild(make("li")).append(mark);
  }
  return list;
}

function log(block) { return folded(block.title, make("pre", "", block.text), ""); }

function press(label, done) {
  const button = make("button", "", label);
  button.type = "button";
  button.addEventListener("click", done);
  return button;
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
  node.append(code, press("copy", (event) => copy(code, event.target)));
  return node;
}

const kinds = { text: (block) => make("p", "", block.text), facts, table, chips, ribbon, log, command, plot };

// ---- the section ------------------------------------------------------------------------

function lead(shown) {
  const node = make("p", "lead");
  if (shown.status) node.append(chip(shown.status));
  else if (shown.answer) node.append(make("span", `answer ${shown.answer}`, shown.glyph));
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

// What scrolls can be scrolled by keyboard, too.
function reachable() {
  for (const node of section.querySelectorAll(".scroller, pre")) {
    if (node.scrollWidth > node.clientWidth || node.scrollHeight > node.clientHeight) node.tabIndex = 0;
  }
}

function draw(shown) {
  const title = make("h2", "", shown.title);
  title.tabIndex = -1;
  section.replaceChildren(close(), make("p", "dim kicker", shown.kicker), title, lead(shown));
  for (const block of shown.blocks) {
    if (block.title && block.kind !== "log" && !block.fold) section.append(make("h3", "", block.title));
    place(block).append(kinds[block.kind](block));
  }
  requestAnimationFrame(reachable);
  return title;
}
