// Draws the lines and columns that are in sight, and no more, as a grid of the ARIA kind.

const scroller = byId("scroller"), spacer = byId("spacer");
const body = make("div", "body"), inner = make("div", "inner"), band = make("div", "band"), bands = make("div", "bands");
const size = { pitch: 20, names: 300, head: 0, left: 0, top: 0, rows: 0, cells: 0, slid: -1 };
let pool = []; // the row elements, from top to bottom; each holds its cells, from left to right
let first = { line: 0, column: 0 };

body.setAttribute("role", "rowgroup");
bands.append(band);
inner.setAttribute("role", "none");
body.append(canvas, inner);
stage.append(head, body, bands);
bands.setAttribute("aria-hidden", "true");

function rowNode() {
  const node = make("div", "line");
  node.setAttribute("role", "row");
  const header = make("div", "names");
  header.setAttribute("role", "rowheader");
  header.setAttribute("aria-colindex", "1");
  header.tabIndex = -1;
  header.append(make("span", "twist"), make("span", "name"), make("span", "lane"), make("span", "sums"), sparkNode());
  header.children[0].setAttribute("aria-hidden", "true");
  const clip = make("div", "clip"), cells = make("div", "cells");
  clip.setAttribute("role", "none");
  cells.setAttribute("role", "none");
  clip.append(cells);
  node.append(header, clip);
  return Object.assign(node, { header, cells, line: null });
}

function cellNode() {
  const node = make("div", "cell");
  node.setAttribute("role", "gridcell");
  node.tabIndex = -1;
  return Object.assign(node, { code: -1 });
}

// ---- sizes ------------------------------------------------------------------------------

function widest() {
  const pen = (widest.pen ||= document.createElement("canvas").getContext("2d"));
  if (!widest.font) widest.font = pen.font = getComputedStyle(scroller).font.replace(/[\d.]+px/, "12.5px");
  let long = "", depth = 0, suites = 0;
  for (const line of lines) {
    const text = label(line);
    if (text.length > long.length) [long, depth] = [text, line.depth];
    if (line.kind === "suite") suites = Math.max(suites, pen.measureText(text).width * 1.1 + 36 * Math.min(4, counts(line.rows, review()).length) + 32);
  }
  const wide = size.width > 700;
  const wanted = Math.max(wide ? suites : 0, pen.measureText(long).width + 18 * (depth + 1) + (wide ? SPARK.width + 28 : 20));
  return Math.round(Math.max(150, Math.min(wanted, size.width * (wide ? 0.36 : 0.44))));
}

// Reading sizes makes the browser lay the page out: only when the room has changed.
function measureRoom() {
  size.pitch = parseFloat(getComputedStyle(stage).getPropertyValue("--pitch"));
  [size.width, size.height, size.head] = [scroller.clientWidth, scroller.clientHeight, head.offsetHeight];
  stage.style.width = `${size.width}px`;
  stage.style.height = `${size.height}px`;
}

function measure() {
  const { pitch, width, height } = size;
  size.names = widest();
  stage.style.setProperty("--names", `${size.names}px`);
  bands.style.height = `${size.head - 28 + lines.length * pitch}px`;
  stage.classList.toggle("narrow", width <= 700);
  spacer.style.width = `${size.names + columns.length * pitch + 6}px`;
  spacer.style.height = `${size.head + lines.length * pitch + 6}px`;
  size.rows = Math.max(0, Math.min(lines.length, Math.ceil((height - size.head) / pitch) + 1));
  size.cells = Math.max(0, Math.min(columns.length, Math.ceil((width - size.names) / pitch) + 1));
}

function fit(list, count, parent, create) {
  while (list.length > count) list.pop().remove();
  while (list.length < count) {
    list.push(create());
    parent.append(list.at(-1));
  }
}

function build({ resized = false } = {}) {
  if (resized || !size.width) measureRoom();
  measure();
  fit(pool, size.rows, inner, rowNode);
  for (const node of pool) fit((node.squares ||= []), size.cells, node.cells, cellNode);
  fit(headPool, size.cells, headCells, headCell);
  for (const node of pool) node.line = null;
  for (const node of headPool) node.column = null;
  stage.setAttribute("aria-rowcount", lines.length + 1);
  stage.setAttribute("aria-colcount", columns.length + 1);
  dearest = model.builds.reduce((most, one) => Math.max(most, one.seconds), 1);
  fitCanvas();
  paint(true);
}

// ---- drawing ----------------------------------------------------------------------------

function label(line) {
  if (line.kind !== "row") return line.label;
  if (line.lane) return line.row.lane;
  return line.full ? `${line.row.suite}/${line.row.name}` : line.row.name;
}

function fillNames(node, line) {
  const [twist, name, lane, sums, spark] = node.header.children;
  const group = line.kind !== "row";
  node.className = `line ${line.kind}${line.open ? " open" : ""}`;
  node.header.style.setProperty("--depth", line.depth);
  twist.textContent = group ? (line.open ? "▾" : "▸") : "";
  name.textContent = label(line);
  lane.textContent = !group && !line.lane && model.lanes > 1 ? line.row.lane : "";
  sums.replaceChildren(...(group && line.kind !== "run" ? tallies(line) : []));
  if (group) node.header.setAttribute("aria-expanded", String(line.open));
  else node.header.removeAttribute("aria-expanded");
  drawSpark(spark, group ? null : line.row);
}

function tallies(line) {
  return counts(line.rows, review()).slice(0, 4).flatMap(([at, count]) => {
    const one = make("span", `tally ${codes[at].style}`, codes[at].glyph);
    one.setAttribute("role", "img");
    one.setAttribute("aria-label", codes[at].name);
    return [one, `${count} `];
  });
}

function fillCell(node, at) {
  if (node.code === at) return;
  node.code = at;
  if (codes[at]) node.setAttribute("aria-label", codes[at].name);
  else node.removeAttribute("aria-label");
}

function fillLine(node, at) {
  const line = lines[at];
  node.hidden = !line;
  if (!line) return;
  if (node.line !== line) {
    node.line = line;
    node.style.transform = `translateY(${at * size.pitch}px)`;
    node.setAttribute("aria-rowindex", at + 2);
    fillNames(node, line);
  }
  node.squares.forEach((cell, j) => {
    const column = columns[first.column + j];
    fillCell(cell, column ? code(line, column) : BLANK);
  });
}

// Rows that leave at one end come in at the other. Moving elements is slow, so they change places
// on the screen first; the document's order follows when the scroll has come to rest.
function rotated(list, steps) {
  return Math.abs(steps) < list.length ? [...list.slice(steps), ...list.slice(0, steps)] : list;
}

function putInOrder(parent, list) {
  const nodes = [...parent.children], start = nodes.indexOf(list[0]);
  if (start <= 0) return;
  const [before, after] = [nodes.slice(0, start), nodes.slice(start)];
  if (before.some((node) => node.contains(document.activeElement))) parent.prepend(...after);
  else parent.append(...before);
}

function paint(all = false) {
  size.left = Math.max(0, Math.min(scroller.scrollLeft, size.names + columns.length * size.pitch));
  size.top = scroller.scrollTop;
  const line = Math.max(0, Math.min(Math.floor(size.top / size.pitch), lines.length - size.rows));
  const column = Math.max(0, Math.min(Math.floor(size.left / size.pitch), columns.length - size.cells));
  const [down, right] = [line - first.line, column - first.column];
  first = { line, column };
  if (down && !all) pool = rotated(pool, down);
  if (right && !all) headPool = rotated(headPool, right);
  if (all || down || right) pool.forEach((node, i) => { if (all || right || node.line !== lines[line + i]) fillLine(node, line + i); });
  if (all || right) headPool.forEach((node, j) => fillHead(node, column + j));
  inner.style.transform = `translateY(${-size.top}px)`;
  slide(`translateX(${column * size.pitch - size.left}px)`, all);
  drawSquares();
  settle(all);
}

// Written to each element: a custom property would have every square styled anew.
function slide(transform, all) {
  if (!all && size.slid === size.left) return;
  size.slid = size.left;
  for (const { cells } of pool) cells.style.transform = transform;
  headCells.style.transform = `translateX(${-size.left}px)`;
  slideCalendar(all);
  const at = columns.findIndex((column) => column.kind === "build" && column.build === looked);
  band.hidden = at < 0;
  band.style.transform = `translateX(${at * size.pitch - size.left}px)`;
}

function repaint() {
  for (const node of pool) node.line = null;
  paint(true);
}
