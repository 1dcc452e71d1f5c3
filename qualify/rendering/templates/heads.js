// The heads of the columns: months, days, and a build each.

const stage = byId("stage");
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const head = make("div", "head");
const corner = make("div", "corner", "cell");
const calendar = make("div", "calendar");
const headRow = make("div", "builds");
const headCells = make("div", "cells");
let headPool = [];
let dearest = 1;
let drawnDays = { from: 0, to: 0 };

corner.setAttribute("role", "columnheader");
corner.setAttribute("aria-colindex", "1");
corner.id = "corner";
calendar.setAttribute("aria-hidden", "true");
calendar.append(make("div"), make("b"));
headRow.setAttribute("role", "row");
headRow.setAttribute("aria-rowindex", "1");
headCells.setAttribute("role", "none");
const headClip = make("div", "clip");
headClip.setAttribute("role", "none");
headClip.append(headCells);
headRow.append(corner, headClip);
head.setAttribute("role", "rowgroup");
head.append(calendar, headRow);

function headCell() {
  const node = make("div", "build");
  node.setAttribute("role", "columnheader");
  node.tabIndex = -1;
  node.append(make("span", "name"), make("span", "delta"), make("span", "cost"), make("b"));
  return node;
}

function newest(column) { return model.builds[column.kind === "gap" ? column.builds[0] : column.build]; }

function headName(build) {
  const spent = build.seconds ? `, ${duration(build.seconds)} of CPU` : "";
  const source = build.commit ? `, commit ${build.commit.slice(0, 10)}` : "";
  return `${build.id} ${build.version}: ${build.answer}, ${build.time.slice(0, 10)}${source}${spent}${build.differs ? ", other dependencies than the build before" : ""}`;
}

function duration(seconds) {
  if (seconds < 60) return `${seconds.toPrecision(2)} s`;
  return seconds < 5400 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

function fillHead(node, at) {
  const column = columns[at];
  node.hidden = !column;
  if (!column || node.column === column) return;
  node.column = column;
  node.style.transform = `translateX(${at * size.pitch}px)`;
  node.setAttribute("aria-colindex", at + 2);
  const build = newest(column);
  const [name, delta, cost, glyph] = node.children;
  const gap = column.kind === "gap";
  node.className = gap ? "build gap" : `build ${build.answer}`;
  node.setAttribute("aria-label", gap ? `${column.builds.length} builds alike: Enter unfolds` : headName(build));
  name.replaceChildren();
  if (gap) name.append(`${column.builds.length} alike`);
  else name.append(make("b", "", build.version), ` ${build.id}`, make("i", "", build.commit.slice(0, 7)));
  delta.textContent = !gap && build.differs ? "Δ" : "";
  cost.style.setProperty("--part", gap ? 0 : (build.seconds / dearest).toFixed(3));
  glyph.textContent = gap ? "⋯" : model.answers[build.answer] || "";
}

// ---- months over days -------------------------------------------------------------------

function spans(from, to, key) {
  const made = [];
  for (let at = from; at < to; at += 1) {
    const name = key(newest(columns[at]).time);
    const last = made.at(-1);
    if (last && last.name === name) last.count += 1;
    else made.push({ name, at, count: 1 });
  }
  return made;
}

function month(date) {
  const name = MONTHS[Number(date.slice(5, 7)) - 1];
  return name ? `${name} ${date.slice(0, 4)}` : date;
}

function strip(className, list, label) {
  const node = make("div", className);
  for (const { name, at, count } of list) {
    const one = make("span", "", label(name, count));
    one.style.left = `${at * size.pitch}px`;
    one.style.width = `${count * size.pitch}px`;
    one.dataset.tip = name;
    node.append(one);
  }
  return node;
}

function fillCalendar(from, to) {
  const months = spans(from, to, (time) => time.slice(0, 7));
  const days = spans(from, to, (time) => time.slice(0, 10));
  const short = (name, count) => (count > 3 ? month(name) : count > 1 ? month(name).slice(0, 3) : "");
  drawnDays = { from, to };
  calendar.firstChild.replaceChildren(strip("months", months, short), strip("days", days, (name) => name.slice(8, 10).replace(/^0/, "")));
}

// Drawn some screens wide, so that most steps of a scroll only slide it.
function slideCalendar(all) {
  const last = Math.min(first.column + size.cells, columns.length);
  if (all || first.column < drawnDays.from || last > drawnDays.to) {
    fillCalendar(Math.max(0, first.column - 2 * size.cells), Math.min(columns.length, last + 2 * size.cells));
  }
  calendar.firstChild.style.transform = `translateX(${-size.left}px)`;
  const now = columns[first.column] && month(newest(columns[first.column]).time.slice(0, 7));
  calendar.lastChild.textContent = first.column ? now : "";
}
