// From rows and builds to the lines and columns that are drawn: filtered, sorted, folded.

let columns = []; // { kind: "build", build } or { kind: "gap", builds, key }
let lines = []; // { kind: "suite" | "canary" | "run" | "row", key, rows, depth, ... }
let kept = []; // the builds that the filter keeps, by their places

function arrange() {
  const found = terms(view.q);
  kept = model.builds.filter(buildFilter(found)).map((build) => build.at);
  let rows = model.rows.filter(rowFilter(found, kept));
  if (view.hide) rows = rows.filter((row) => !allGreen(row, kept));
  columns = foldedColumns(rows);
  const plain = rows.length && Object.hasOwn(SORTS, view.sort) ? sorted(rows, view.sort, kept) : null;
  lines = plain ? withRuns(plain.map((row) => rowLine(row, 0, true))) : grouped(rows);
  return { rows: rows.length, builds: kept.length };
}

// ---- columns ----------------------------------------------------------------------------

function foldedColumns(rows) {
  if (!view.builds) return kept.map((build) => ({ kind: "build", build }));
  const same = (one, other) => rows.every((row) => status(row.at, one) === status(row.at, other));
  const made = [];
  for (let at = 0; at < kept.length;) {
    let end = at + 1;
    while (end < kept.length && kept[end] !== review() && same(kept[at], kept[end])) end += 1;
    made.push({ kind: "build", build: kept[at] });
    const rest = kept.slice(at + 1, end);
    const key = `b:${model.builds[kept[at]].id}`;
    if (rest.length < 2 || view.wide.includes(key)) made.push(...rest.map((build) => ({ kind: "build", build })));
    else made.push({ kind: "gap", builds: rest, key });
    at = end;
  }
  return made;
}

// ---- lines ------------------------------------------------------------------------------

function rowLine(row, depth, full = false) { return { kind: "row", key: row.id, rows: [row], row, depth, full }; }

function by(rows, field) {
  const groups = new Map();
  for (const row of rows) {
    if (!groups.has(row[field])) groups.set(row[field], []);
    groups.get(row[field]).push(row);
  }
  return groups;
}

function grouped(rows) {
  const made = [];
  for (const [suite, inside] of by(rows, "suite")) {
    const key = `s:${suite}`;
    const open = !view.fold.includes(key);
    made.push({ kind: "suite", key, rows: inside, depth: 0, label: suite, open });
    if (open) made.push(...withRuns(canaries(suite, inside)));
  }
  return made;
}

// A canary on several lanes is a group of its own; on one it is a row.
function canaries(suite, rows) {
  const made = [];
  for (const [name, inside] of by(rows, "name")) {
    if (inside.length === 1) {
      made.push(rowLine(inside[0], 1));
      continue;
    }
    const key = `c:${suite}/${name}`;
    const open = !view.fold.includes(key);
    made.push({ kind: "canary", key, rows: inside, depth: 1, label: name, open });
    if (open) made.push(...inside.map((row) => ({ ...rowLine(row, 2), lane: true })));
  }
  return made;
}

// Neighbours of one depth whose squares are all alike become one line.
function withRuns(plain) {
  if (!view.rows) return plain;
  const like = (one, other) => kept.every((build) => status(one.row.at, build) === status(other.row.at, build));
  const made = [];
  for (let at = 0; at < plain.length;) {
    let end = at + 1;
    const first = plain[at];
    const joins = (line) => line.kind === "row" && line.depth === first.depth && like(first, line);
    if (first.kind === "row") while (end < plain.length && joins(plain[end])) end += 1;
    if (end - at > 1) made.push(...run(plain.slice(at, end)));
    else made.push(first);
    at = end;
  }
  return made;
}

function run(inside) {
  const key = `r:${inside[0].key}`;
  const open = view.wide.includes(key);
  const first = inside[0];
  const label = `${inside.length} alike: ${first.row.name} …`;
  const line = { kind: "run", key, rows: inside.map((one) => one.row), depth: first.depth, label, open };
  return open ? [line, ...inside.map((one) => ({ ...one, depth: one.depth + 1 }))] : [line];
}

// ---- squares ----------------------------------------------------------------------------

function code(line, column) {
  if (column.kind === "gap") return GAP;
  if (line.kind === "row") return status(line.row.at, column.build);
  if (line.kind === "run") return line.open ? BLANK : status(line.rows[0].at, column.build);
  if (line.open) return BLANK;
  line.squares ||= new Map();
  if (!line.squares.has(column.build)) line.squares.set(column.build, worst(line.rows, column.build));
  return line.squares.get(column.build);
}

function unfold(line) {
  const name = line.kind === "run" ? "wide" : "fold";
  const list = view[name];
  go({ [name]: list.includes(line.key) ? list.filter((one) => one !== line.key) : [...list, line.key] });
}

function groups() {
  const made = [];
  for (const suite of by(model.rows, "suite").keys()) made.push(`s:${suite}`);
  return made;
}
