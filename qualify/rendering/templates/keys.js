// What keys and clicks do in the grid.

function activate({ line, column }) {
  const [at, on] = [lines[line], columns[column]];
  if (on && on.kind === "gap") go({ wide: [...view.wide, on.key] });
  else if (!at && on) openSection({ build: newest(on).id });
  else if (!at) return;
  else if (at.kind !== "row" && (at.kind !== "run" || !on || at.open)) unfold(at);
  else if (at.kind === "run") unfold(at);
  else if (on) openSection({ cell: at.row.id, build: newest(on).id });
  else openSection({ row: at.row.id });
}

const MOVES = {
  ArrowUp: () => [cursor.line - 1, cursor.column],
  ArrowDown: () => [cursor.line + 1, cursor.column],
  ArrowLeft: () => [cursor.line, cursor.column - 1],
  ArrowRight: () => [cursor.line, cursor.column + 1],
  k: () => [cursor.line - 1, cursor.column],
  j: () => [cursor.line + 1, cursor.column],
  Home: () => [cursor.line, -1],
  End: () => [cursor.line, columns.length - 1],
  PageUp: () => [Math.max(0, cursor.line - size.rows + 2), cursor.column],
  PageDown: () => [cursor.line + size.rows - 2, cursor.column],
};
const FAR = {
  ArrowUp: () => [0, cursor.column],
  ArrowDown: () => [lines.length - 1, cursor.column],
  ArrowLeft: () => [cursor.line, 0],
  ArrowRight: () => [cursor.line, columns.length - 1],
  Home: () => [0, 0],
  End: () => [lines.length - 1, columns.length - 1],
};
const ANYWHERE = {
  n: () => jump(1),
  p: () => jump(-1),
  w: jumpToWorst,
  c: copyCommand,
  g: () => go({ hide: view.hide ? "" : "green" }),
  r: () => { const on = columns[cursor.column]; if (on) go({ review: newest(on).id }); },
  "/": () => { byId("find").focus(); byId("find").select(); },
  "?": () => byId("help").showModal(),
};

function moves(far, key) {
  const known = far ? FAR : MOVES;
  return Object.hasOwn(known, key) ? known[key] : null;
}

function typing(target) { return target.closest("input, select, textarea, dialog, [contenteditable]"); }

function escape(event) {
  hideTip();
  const menu = document.querySelector("details.menu[open]");
  if (menu) { menu.open = false; menu.firstChild.focus(); }
  else if (event.target.id === "find") focusGrid();
  else if (!section.hidden) closeSection();
}

addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (key === "Escape" && !byId("help").open) return escape(event);
  if (typing(target) || event.altKey || !model.builds.length) return;
  const far = event.ctrlKey || event.metaKey;
  const inGrid = stage.contains(target);
  const move = inGrid || (["j", "k"].includes(key) && !far) ? moves(far, key) : null;
  if (move) moveTo(...(cursor.set || inGrid ? move() : [0, reviewColumn()]));
  else if (inGrid && (key === "Enter" || key === " ")) activate(cursor);
  else if (!far && Object.hasOwn(ANYWHERE, key)) ANYWHERE[key]();
  else return;
  event.preventDefault();
});

// From the search box straight into what was found.
byId("find").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" && event.key !== "ArrowDown") return;
  event.preventDefault();
  moveTo(lines.findIndex((line) => line.kind === "row" || !line.open), reviewColumn());
});

stage.addEventListener("click", (event) => {
  const found = place(event.target);
  if (!found) return;
  moveTo(found.line, found.column);
  activate(found);
});

stage.addEventListener("focusin", (event) => {
  const found = place(event.target);
  if (found) Object.assign(cursor, found);
});

function focusGrid() { (node() || stage).focus({ preventScroll: true }); }
