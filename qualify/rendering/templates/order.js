// Which row comes first, and which status speaks for many.

const rank = codes.map((code) => code.rank);
const quiet = new Set(codes.flatMap((code, at) => (["not scheduled", "skipped"].includes(code.name) ? [at] : [])));
const unplanned = codes.findIndex((code) => code.name === "not scheduled");
const green = codes.map((code) => code.green);

function restless(row, columns) {
  let last = -1, turns = 0;
  for (const build of columns) {
    const now = status(row, build);
    if (quiet.has(now)) continue;
    if (last >= 0 && green[now] !== green[last]) turns += 1;
    if (codes[now].name === "flaky") turns += 0.01;
    last = now;
  }
  return turns;
}

// How many builds ago the row last changed: its status, or the level of its metric.
function changedAt(row, columns) {
  const metric = row.changed < 0 ? Infinity : row.changed;
  for (let at = 0; at + 1 < columns.length && columns[at] < metric; at += 1) {
    if (status(row.at, columns[at]) !== status(row.at, columns[at + 1])) return columns[at];
  }
  return metric;
}

function reds(row, columns) {
  let count = 0;
  for (const build of columns) if (codes[status(row, build)].red) count += 1;
  return count;
}

const SORTS = {
  worst: (columns) => (row) => rank[status(row.at, review())] - reds(row.at, columns) / (columns.length + 1),
  flaky: (columns) => (row) => -restless(row.at, columns),
  cost: () => (row) => -row.cost,
  change: (columns) => (row) => changedAt(row, columns),
};

function sorted(rows, name, columns) {
  const key = SORTS[name](columns);
  const keyed = rows.map((row) => [key(row), row]);
  return keyed.sort((one, other) => one[0] - other[0] || one[1].at - other[1].at).map(([, row]) => row);
}

function allGreen(row, columns) {
  if (!green[status(row.at, review())]) return false;
  return columns.every((build) => green[status(row.at, build)] || status(row.at, build) === unplanned);
}

// The worst status of some rows in one build.
function worst(rows, build) {
  let found = unplanned;
  for (const row of rows) if (rank[status(row.at, build)] < rank[found]) found = status(row.at, build);
  return found;
}

function counts(rows, build) {
  const found = new Map();
  for (const row of rows) found.set(status(row.at, build), (found.get(status(row.at, build)) || 0) + 1);
  return [...found].sort((one, other) => rank[one[0]] - rank[other[0]]);
}
