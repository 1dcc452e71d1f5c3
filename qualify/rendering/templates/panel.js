// Opens sections by their address, and says so where the page holds none.

let opening = 0;
let asked = "";

function openSection(which) { go({ ...closed(), ...which }); }

function closeSection() {
  go(closed());
  focusGrid();
}

function wanted() { return PANEL.map((name) => view[name]).join("\n"); }

async function find(of) {
  if (of.view) return (await viewDetails(of.view)).views.get(of.view) || null;
  if (of.row) return (await rowDetails(model.rows[model.rowAt.get(of.row)])).rows.get(of.row) || missingRow(of.row);
  const found = await details(of.build);
  if (!of.cell) return found.build || missingBuild(of.build);
  return found.cells.get(of.cell) || missingCell(of.cell, of.build);
}

function exists(of) {
  if (of.view) return of.view === "forest" || model.rows.some((row) => of.view === `tree:${row.name}`);
  if (of.row) return model.rowAt.has(of.row);
  return model.buildAt.has(of.build) && (!of.cell || model.rowAt.has(of.cell));
}

async function openAsked() {
  if (wanted() === asked) return;
  asked = wanted();
  const mine = (opening += 1);
  const shown = exists(view) ? await find(view) : null;
  if (mine !== opening) return;
  if (shown && shown.blocks.some((block) => block.kind === "plot")) await needPlots();
  const was = section.hidden;
  section.hidden = !shown;
  document.body.classList.toggle("open", Boolean(shown));
  hideTip();
  if (shown) {
    const title = draw(shown);
    section.scrollTop = 0;
    title.focus({ preventScroll: true });
  } else section.replaceChildren();
  if (was !== section.hidden) build({ resized: true });
  const place = placeOf(view.row || view.cell, view.build);
  if (place && shown) { Object.assign(cursor, place, { set: true }); reveal(place.line, place.column); }
  markOpen();
  if (!shown && !was) focusGrid();
}

// ---- what the page does not hold ------------------------------------------------------------

function shell(text) { return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`; }

function explain(cell, build) { return `qualify explain ${shell(cell)} --build ${shell(build)}`; }

function absent(title, kicker, rest, command) {
  const told = "This page does not hold its details: the newest builds and what is not green come first, until the page is full.";
  const blocks = command ? [{ kind: "command", title: "Ask for them", text: command }] : [];
  return { title, kicker, ...rest, blocks: [{ kind: "text", title: "", text: told }, ...blocks] };
}

function missingCell(cell, id) {
  const [row, at] = [model.rowAt.get(cell), model.buildAt.get(id)];
  const known = codes[status(row, at)];
  const kicker = `${id} · ${model.builds[at].version}`;
  if (known.name === "not scheduled") return { title: cell, kicker, status: known.name, lead: known.meaning, blocks: [] };
  return absent(cell, kicker, { status: known.name, lead: known.meaning }, explain(cell, id));
}

function missingBuild(id) {
  const build = model.builds[model.buildAt.get(id)];
  const rest = { answer: build.answer, glyph: model.answers[build.answer], lead: build.sentence };
  return absent(`${id} · ${build.version}`, build.time, rest, "");
}

function missingRow(id) {
  const row = model.rows[model.rowAt.get(id)];
  const known = codes[status(row.at, review())];
  return absent(id, row.about, { status: known.name, lead: known.meaning }, "");
}

// ---- the command that shows a square again -----------------------------------------------------

function commandOf(shown) { return shown.blocks.find((block) => block.kind === "command")?.text; }

async function copyCommand() {
  const [line, column] = [lines[cursor.line], columns[cursor.column]];
  const under = line && line.kind === "row" && column ? { cell: line.row.id, build: newest(column).id } : null;
  const of = !section.hidden && view.cell ? view : under;
  if (!of) return say("No square is chosen.");
  const text = commandOf(await find(of)) || explain(of.cell, of.build);
  if (await toClipboard(text)) notify(`copied: ${text}`);
}

async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.body.appendChild(make("textarea"));
    area.value = text;
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    focusGrid();
    return done;
  }
}

function notify(text) {
  say(text);
  const note = document.body.appendChild(make("p", "toast", text));
  note.setAttribute("aria-hidden", "true");
  setTimeout(() => note.remove(), 2500);
}
