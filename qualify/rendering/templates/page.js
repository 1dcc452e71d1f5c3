// Opens sections by address and moves about the grid by mouse and keyboard.

const tip = byId("tip");
const parsed = new Map();
let origin = null; // the square that was last opened

// ---- data -------------------------------------------------------------------------------

function column(build) {
  if (!parsed.has(build)) {
    const found = [...document.querySelectorAll("script.column")].find((s) => s.dataset.build === build);
    parsed.set(build, found ? JSON.parse(found.textContent) : null);
  }
  return parsed.get(build);
}

function lookUp(hash) {
  const wanted = new URLSearchParams(hash.slice(1));
  const data = column(wanted.get("build"));
  const cell = wanted.get("cell");
  if (!data) return null;
  if (cell === null) return data.build;
  return Object.hasOwn(data.cells, cell) ? data.cells[cell] : null;
}

// ---- opening and closing ----------------------------------------------------------------

function mark(hash) {
  for (const old of document.querySelectorAll("[aria-current]")) old.removeAttribute("aria-current");
  const place = matrix.flat().find((a) => a.getAttribute("href") === hash);
  if (place) place.setAttribute("aria-current", "true");
  return place;
}

function open() {
  const shown = lookUp(location.hash);
  section.hidden = !shown;
  document.body.classList.toggle("open", Boolean(shown));
  tip.hidden = true;
  origin = mark(location.hash) || origin;
  if (!shown) {
    section.replaceChildren();
    if (origin) origin.focus();
    return;
  }
  const title = draw(shown);
  title.focus({ preventScroll: true });
  section.scrollIntoView({ block: "start" });
}

// ---- moving about -----------------------------------------------------------------------

const rows = [...document.querySelectorAll(".grid tr")].map((row) => [...row.querySelectorAll("a")]);
const matrix = rows.filter((row) => row.length);

function rove(anchor) {
  for (const old of document.querySelectorAll('.grid a[tabindex="0"]')) old.tabIndex = -1;
  anchor.tabIndex = 0;
}

const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -1e6], End: [0, 1e6] };

function move(event) {
  const step = steps[event.key];
  const row = matrix.findIndex((line) => line.includes(event.target));
  if (!step || row < 0) return;
  event.preventDefault();
  const clamp = (n, size) => Math.max(0, Math.min(size - 1, n));
  const line = matrix[clamp(row + step[0], matrix.length)];
  line[clamp(matrix[row].indexOf(event.target) + step[1], line.length)].focus();
}

// ---- the tooltip, for the mouse and for the keyboard ----------------------------------------

function show(over) {
  const target = over.closest(".grid [title], .grid [data-tip]");
  if (!target) return;
  if (target.title) {
    target.dataset.tip = target.title;
    target.removeAttribute("title");
    target.setAttribute("aria-describedby", "tip");
  }
  tip.textContent = target.dataset.tip;
  tip.hidden = false;
  const box = target.getBoundingClientRect();
  const below = box.bottom + tip.offsetHeight + 8 < innerHeight;
  tip.style.left = `${Math.max(4, Math.min(box.left, innerWidth - tip.offsetWidth - 4))}px`;
  tip.style.top = `${below ? box.bottom + 4 : box.top - tip.offsetHeight - 4}px`;
}

function hide() { tip.hidden = true; }

const grid = document.querySelector(".grid");
grid.addEventListener("mouseover", (event) => show(event.target));
grid.addEventListener("mouseout", hide);
grid.addEventListener("focusin", (event) => { rove(event.target); show(event.target); });
grid.addEventListener("focusout", hide);
grid.addEventListener("keydown", move);
addEventListener("scroll", () => {
  hide();
  if (grid.contains(document.activeElement)) show(document.activeElement);
}, true);
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (tip.hidden && !section.hidden) location.hash = "#";
  hide();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", open);
addEventListener("hashchange", open);
if (matrix.length) matrix[Math.min(1, matrix.length - 1)][0].tabIndex = 0;
if (location.hash.length > 1) open();
