// Ties it together: what changes in the view, and what is drawn anew for it.

const ARRANGED = ["q", "sort", "hide", "rows", "builds", "fold", "wide"];

let looked = -1; // the build under review when it was last arranged

function refresh() {
  looked = review();
  const count = arrange();
  sparks.clear();
  keepCursor();
  showControls(count);
  showVerdict();
  build();
}

function shown(before) {
  if (differ(before, ARRANGED) || looked !== review()) refresh();
  openAsked();
}

async function start() {
  await load();
  drawMenus();
  refresh();
  const place = placeOf(view.at, view.on);
  if (place) { Object.assign(cursor, place, { set: true }); reveal(place.line, place.column); }
  await openAsked();
  performance.mark("ready");
  document.body.classList.add("ready");
}

scroller.addEventListener("scroll", () => { hideTip(); paint(); }, { passive: true });
new ResizeObserver(() => { if (document.body.classList.contains("ready")) build({ resized: true }); }).observe(scroller);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { asked = ""; openAsked(); });
start();
