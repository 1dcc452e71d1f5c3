// The one square, head or name that has the keyboard: a place among lines and columns.

const cursor = { line: 0, column: 0, set: false }; // -1: the heads of builds, the names of rows

function node(line = cursor.line, column = cursor.column) {
  const j = column - first.column;
  if (line < 0) return column < 0 ? corner : headPool[j];
  const row = pool[line - first.line];
  if (!row || row.hidden) return null;
  return column < 0 ? row.header : row.squares[j];
}

let roved = null, current = null; // the elements that Tab reaches, and whose section is open

function keepFocus() {
  const held = stage.contains(document.activeElement);
  const here = node();
  if (roved !== here) {
    if (roved) roved.tabIndex = -1;
    stage.tabIndex = here ? -1 : 0;
    if (here) here.tabIndex = 0;
    roved = here;
  }
  markOpen();
  if (!held || document.activeElement === here) return;
  (here || stage).focus({ preventScroll: true });
}

function markOpen() {
  const place = placeOf(view.row || view.cell, view.build);
  const here = place && node(place.line, place.column);
  if (current === here) return;
  if (current) current.removeAttribute("aria-current");
  if (here) here.setAttribute("aria-current", "true");
  current = here;
}

function columnOf(id) {
  const build = model.buildAt.get(id);
  return columns.findIndex((column) => (column.kind === "gap" ? column.builds.includes(build) : column.build === build));
}

function lineOf(id) {
  if (!id) return -1;
  const exact = lines.findIndex((line) => line.key === id);
  if (exact >= 0) return exact;
  const row = model.rowAt.get(id);
  return lines.findIndex((line) => !line.open && line.rows.some((one) => one.at === row));
}

function placeOf(row, build) {
  if (!row && !build) return null;
  const place = { line: row ? lineOf(row) : -1, column: build ? columnOf(build) : -1 };
  if ((row && place.line < 0) || (build && place.column < 0)) return null;
  return place;
}

function moveTo(line, column, { focus = true } = {}) {
  cursor.line = Math.max(-1, Math.min(line, lines.length - 1));
  cursor.column = Math.max(-1, Math.min(column, columns.length - 1));
  cursor.set = true;
  reveal(cursor.line, cursor.column);
  const here = node();
  if (focus && here) here.focus({ preventScroll: true });
  const [at, on] = [lines[cursor.line], columns[cursor.column]];
  go({ at: at ? at.key : "", on: on ? newest(on).id : "" }, { quiet: true });
}

// After lines or columns changed: the same row and build as before, where they still are.
function keepCursor() {
  const place = placeOf(view.at, view.on);
  Object.assign(cursor, place || { line: Math.min(cursor.line, lines.length - 1), column: Math.min(cursor.column, columns.length - 1) });
}

function place(target) {
  const here = target.closest('[role="gridcell"], [role="rowheader"], [role="columnheader"]');
  if (!here || !stage.contains(here)) return null;
  if (here === corner) return { line: -1, column: -1 };
  if (here.classList.contains("build")) return { line: -1, column: first.column + headPool.indexOf(here) };
  const i = pool.indexOf(here.closest('[role="row"]'));
  const column = here.classList.contains("names") ? -1 : first.column + pool[i].squares.indexOf(here);
  return { line: first.line + i, column };
}

// ---- jumps ------------------------------------------------------------------------------

function needsLook(line, column) {
  const at = code(lines[line], columns[column]);
  return at in codes && !green[at] && !quiet.has(at);
}

// Down this build, then the next older; the other way round for the previous.
function jump(step) {
  const total = lines.length * columns.length;
  const start = cursor.set && cursor.line >= 0 && cursor.column >= 0 ? cursor.column * lines.length + cursor.line : reviewColumn() * lines.length - 1;
  for (let n = 1; n <= total; n += 1) {
    const at = (((start + step * n) % total) + total) % total;
    const [column, line] = [Math.floor(at / lines.length), at % lines.length];
    if (needsLook(line, column)) return moveTo(line, column);
  }
  say("Every shown square is green.");
}

function reviewColumn() { return Math.max(0, columnOf(model.builds[review()].id)); }

function jumpToWorst() {
  const column = reviewColumn();
  let found = 0;
  const level = (line) => { const at = code(lines[line], columns[column]); return at in codes ? rank[at] : codes.length; };
  for (let line = 1; line < lines.length; line += 1) if (level(line) < level(found)) found = line;
  moveTo(found, column);
}

function say(text) { byId("said").textContent = text; }
