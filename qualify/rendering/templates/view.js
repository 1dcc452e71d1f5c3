// What is shown, as the address says it. The address is the only truth, so every view is a link.

const LISTS = ["fold", "wide"]; // group keys that are folded; runs that are not
const TEXTS = ["q", "sort", "hide", "rows", "builds", "review", "at", "on", "cell", "build", "row", "view"];
const PANEL = ["cell", "build", "row", "view"];
let view = parse(location.hash);

function parse(hash) {
  const asked = new URLSearchParams(hash.slice(1));
  const found = {};
  for (const name of TEXTS) found[name] = asked.get(name) || "";
  for (const name of LISTS) found[name] = asked.getAll(name);
  return found;
}

function address(of) {
  const asked = new URLSearchParams();
  for (const name of TEXTS) if (of[name]) asked.set(name, of[name]);
  for (const name of LISTS) for (const one of of[name]) asked.append(name, one);
  return `#${asked.toString().replaceAll("%2F", "/").replaceAll("%40", "@").replaceAll("%3A", ":")}`;
}

// Change what is shown; `quiet` changes leave no step for the browser's back.
function go(patch, { quiet = false } = {}) {
  const next = { ...view, ...patch };
  const hash = address(next);
  if (hash === address(view)) return;
  const before = view;
  view = next;
  if (quiet) later(hash);
  else {
    flush();
    history.pushState(null, "", hash);
  }
  shown(before);
}

function closed() { return Object.fromEntries(PANEL.map((name) => [name, ""])); }

// ---- browsers refuse hundreds of replacements a second -------------------------------------

let waiting = null;

function later(hash) {
  if (!waiting) setTimeout(flush, 250);
  waiting = hash;
}

function flush() {
  if (waiting) history.replaceState(null, "", waiting);
  waiting = null;
}

addEventListener("popstate", () => {
  waiting = null;
  const before = view;
  view = parse(location.hash);
  shown(before);
});

// A link inside a section names a section only: what else is shown stays.
document.addEventListener("click", (event) => {
  const anchor = event.target.closest('a[href^="#"]');
  if (!anchor || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const asked = parse(anchor.hash);
  go({ ...closed(), ...Object.fromEntries(PANEL.map((name) => [name, asked[name]])), ...(asked.q && { q: asked.q }) });
});

function differ(before, names) { return names.some((name) => String(before[name]) !== String(view[name])); }

// The build under review: the one chosen, else the one whose section is open, else the newest.
function review() {
  const chosen = model.buildAt.get(view.review) ?? model.buildAt.get(view.build);
  return chosen ?? 0;
}
