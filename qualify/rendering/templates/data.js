// Unpacks what the page carries: heads, statuses, values, and sections when one is asked for.

const codes = [...words].map(([name, look]) => ({ name, ...look }));
const BLANK = 255; // no square here
const GAP = 254; // squares of builds that are folded
const model = { target: "", builds: [], rows: [], statuses: new Uint8Array(), codes: null, top: 0, answers: {}, drawn: 0 };

async function inflate(text) {
  const packed = Uint8Array.fromBase64 ? Uint8Array.fromBase64(text) : Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function inflateJson(text) {
  return JSON.parse(new TextDecoder().decode(await inflate(text)));
}

function records(columns) {
  const names = Object.keys(columns);
  return columns.id.map((_, at) => {
    const one = { at };
    for (const name of names) one[name] = columns[name][at];
    return one;
  });
}

async function load(page = document) {
  const text = (id) => page.getElementById(id).textContent;
  const [heads, statuses] = await Promise.all([inflateJson(text("heads")), inflate(text("statuses"))]);
  Object.assign(model, heads, { builds: records(heads.builds), rows: records(heads.rows), statuses, codes: null, drawn: model.drawn + 1 });
  for (const row of model.rows) row.target = model.target;
  model.lanes = new Set(model.rows.map((row) => row.lane).filter(Boolean)).size;
  model.buildAt = new Map(model.builds.map((build) => [build.id, build.at]));
  model.rowAt = new Map(model.rows.map((row) => [row.id, row.at]));
  inflate(text("values")).then((values) => { model.codes = values; sparks.clear(); repaint(); });
}

function status(row, build) { return model.statuses[row * model.builds.length + build]; }

function measured(row, build) {
  if (!model.codes) return NaN;
  const at = row * model.builds.length + build;
  const code = model.top > 255 ? model.codes[at] * 256 + model.codes[at + model.statuses.length] : model.codes[at];
  const { low, high } = model.rows[row];
  return code ? low + ((code - 1) / (model.top - 1)) * (high - low) : NaN;
}

// ---- sections ---------------------------------------------------------------------------

const read = new Map(); // by build, "" for rows: a promise of { build, cells, rows, views }

function merge(entries) {
  const made = { cells: new Map(), rows: new Map(), views: new Map() };
  for (const [kind, name, shown] of entries) {
    if (kind === "build") made.build = shown;
    else made[kind].set(name, shown);
  }
  return made;
}

async function embedded(of) {
  const found = [...document.querySelectorAll("script.details")].filter((one) => one.dataset.of === of);
  return merge((await Promise.all(found.map((one) => inflateJson(one.textContent)))).flat());
}

async function fetched(path) {
  const answer = await fetch(path, { cache: "no-cache" });
  if (!answer.ok) return merge([]);
  const found = await answer.json();
  const entries = (kind) => Object.entries(found[kind] || {}).map(([name, shown]) => [kind, name, shown]);
  return merge([["build", "", found.build], ...entries("cells"), ...entries("rows"), ...entries("views")]);
}

const beside = Boolean(byId("plotly").dataset.src);

function escapePath(name) { return encodeURIComponent(encodeURIComponent(name).replace(/[.~!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)); }

function details(build) {
  if (!read.has(build)) read.set(build, beside ? fetched(`builds/${escapePath(build)}.json`) : embedded(build));
  return read.get(build);
}

function rowDetails(row) {
  const key = beside ? `/${row.at}` : "";
  if (!read.has(key)) read.set(key, beside ? fetched(`rows/${row.at}.json`) : embedded(""));
  return read.get(key);
}

function viewDetails(name) {
  const key = beside ? `/${name}` : "";
  if (!read.has(key)) read.set(key, beside ? fetched(`views/${escapePath(name)}.json`) : embedded(""));
  return read.get(key);
}

async function needPlots() {
  const holder = byId("plotly");
  if (holder.dataset.src && !holder.textContent) holder.textContent = await (await fetch(holder.dataset.src)).text();
}
