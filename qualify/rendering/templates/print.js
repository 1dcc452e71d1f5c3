// On paper there is no scrolling: a plain table of what is shown, up to a limit that it says.

const paper = byId("paper");
const PAPER = { lines: 400, columns: 40 };

function printed() {
  const some = { lines: lines.slice(0, PAPER.lines), columns: columns.slice(0, PAPER.columns) };
  const table = make("table", "plain");
  const top = table.createTHead().insertRow();
  top.append(make("th", "", "cell"), ...some.columns.map((column) => make("th", "turn", column.kind === "gap" ? `${column.builds.length} alike` : `${newest(column).version} ${newest(column).id}`)));
  const answers = table.tHead.insertRow();
  answers.append(make("td"), ...some.columns.map((column) => make("td", "", column.kind === "gap" ? "" : model.answers[newest(column).answer])));
  const rest = table.createTBody();
  for (const line of some.lines) {
    const row = rest.insertRow();
    row.append(make("th", line.kind, label(line)));
    for (const column of some.columns) row.append(square(code(line, column)));
  }
  const cut = some.lines.length < lines.length || some.columns.length < columns.length;
  const count = `${some.lines.length} of ${lines.length} lines and ${some.columns.length} of ${columns.length} builds`;
  const note = cut ? `Printed: ${count}. Filter, fold or hide to print the rest.` : "";
  return [make("p", "dim", [byId("shown").textContent, view.q && `found by: ${view.q}`, note].filter(Boolean).join(" · ")), document.querySelector(".legend").cloneNode(true), table];
}

function square(at) {
  const place = make("td"), known = codes[at];
  if (known) place.append(make("span", `sq ${known.style}`, known.glyph));
  return place;
}

addEventListener("beforeprint", () => { paper.hidden = false; paper.replaceChildren(...printed()); });
addEventListener("afterprint", () => { paper.hidden = true; paper.replaceChildren(); });
