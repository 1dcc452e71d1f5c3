// What a square, a head or a name says when it is pointed at or has the keyboard.

const tip = byId("tip");
let tipped = null;

function short(number) { return Number(number.toPrecision(4)).toString().replace("-", "−"); }

function* tipLines(line, column) {
  const [at, on] = [lines[line], columns[column]];
  if (on && !at) yield* buildTip(on);
  else if (at && !on) yield* rowTip(at);
  else if (at && on && code(at, on) in codes) yield* squareTip(at, on);
}

function* buildTip(column) {
  const build = newest(column);
  if (column.kind === "gap") return yield `${column.builds.length} builds whose squares are as those of the build to the left`;
  yield `${build.id} · ${build.version} · ${build.time.replace("T", " ").slice(0, 16)} UTC`;
  yield `${model.answers[build.answer]} ${build.sentence || build.answer}`;
  yield [build.source, build.commit && `commit ${build.commit.slice(0, 12)}`, `${build.trainings} trainings`, duration(build.seconds)].filter(Boolean).join(" · ");
  if (build.differs) yield "Δ other dependencies than the build before";
}

function* rowTip(line) {
  if (line.kind !== "row") yield `${line.label}: ${line.rows.length} rows`;
  if (line.kind !== "row") return yield counts(line.rows, review()).map(([at, count]) => `${codes[at].glyph} ${count} ${codes[at].name}`).join("  ");
  const { row } = line;
  yield row.id;
  if (row.about) yield row.about;
  yield [row.owner && `owner ${row.owner}`, row.metric, row.cost && `${duration(row.cost)} of CPU a build`].filter(Boolean).join(" · ");
}

function* squareTip(line, column) {
  const build = model.builds[column.build];
  const known = codes[code(line, column)];
  yield `${build.id} · ${build.version}   ${line.kind === "row" ? line.row.id : line.label}`;
  if (line.kind !== "row") return yield counts(line.rows, column.build).map(([at, count]) => `${codes[at].glyph} ${count} ${codes[at].name}`).join("  ");
  const told = read.get(build.id)?.found?.cells.get(line.row.id);
  yield `${known.glyph} ${known.name}: ${told ? told.lead : known.meaning}`;
  const metric = measured(line.row.at, column.build);
  if (metric === metric) yield `${line.row.metric} ${short(metric)} ${line.row.unit}`;
}

// The reason is in the details; they are read while the tip already says the rest. What lies beside
// the page is not fetched for a tip: once a section of the build was opened, it is here.
function learn(column) {
  const id = column && column.kind === "build" && model.builds[column.build].id;
  if (!id || (beside && !read.has(id))) return;
  details(id).then((found) => { const held = read.get(id); if (!held.found) { held.found = found; if (tipped) showTip(tipped); } });
}

function showTip(target) {
  const found = place(target);
  const words = found ? [...tipLines(found.line, found.column)].filter(Boolean).join("\n") : target.closest("[data-tip]")?.dataset.tip;
  if (!words) return hideTip();
  tipped = target;
  if (found && found.line >= 0) learn(columns[found.column]);
  tip.textContent = words;
  tip.hidden = false;
  const box = (target.closest('[role="gridcell"], [role="rowheader"], [role="columnheader"], [data-tip]') || target).getBoundingClientRect();
  const below = box.bottom + tip.offsetHeight + 8 < innerHeight;
  tip.style.left = `${Math.max(4, Math.min(box.left, innerWidth - tip.offsetWidth - 4))}px`;
  tip.style.top = `${below ? box.bottom + 5 : box.top - tip.offsetHeight - 5}px`;
}

function hideTip() { tip.hidden = true; tipped = null; }

stage.addEventListener("mouseover", (event) => showTip(event.target));
stage.addEventListener("mouseleave", hideTip);
stage.addEventListener("focusin", (event) => { if (event.target.matches(":focus-visible")) showTip(event.target); });
stage.addEventListener("focusout", hideTip);
