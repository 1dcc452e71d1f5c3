// The visible controls. Those that find change the words in the search box, which says it all.

const box = byId("find");
const OPTIONS = {
  status: () => codes.filter((_, at) => model.statuses.includes(at)).map((code) => code.name),
  suite: () => distinct("suite"),
  owner: () => distinct("owner"),
  lane: () => distinct("lane"),
  metric: () => distinct("metric"),
};

function distinct(field) { return [...new Set(model.rows.map((row) => row[field]).filter(Boolean))].sort(); }

function menu(name, content) {
  const node = make("details", "menu");
  node.append(make("summary", "", name), content);
  node.dataset.field = name;
  return node;
}

function choices(field, options) {
  const list = make("fieldset");
  list.append(make("legend", "offscreen", field));
  for (const text of options) {
    const entry = make("label"), tick = make("input");
    tick.type = "checkbox";
    tick.value = text.replaceAll(" ", field === "status" ? "-" : " ");
    tick.addEventListener("change", () => go({ q: toggled(view.q, field, tick.value) }));
    entry.append(tick);
    if (field === "status") {
      const glyph = make("span", `sq ${words.get(text).style}`, words.get(text).glyph);
      glyph.setAttribute("aria-hidden", "true");
      entry.append(glyph);
    }
    entry.append(make("span", "", text));
    list.append(entry);
  }
  return list;
}

function dates() {
  const list = make("fieldset", "dates");
  list.append(make("legend", "offscreen", "date"));
  for (const name of ["from", "to"]) {
    const entry = make("label", "", name), input = make("input");
    input.type = "date";
    input.name = name;
    input.addEventListener("change", () => go({ q: replaced(view.q, "date", range(list)) }));
    entry.append(input);
    list.append(entry);
  }
  return list;
}

function range(list) {
  const [from, to] = [...list.querySelectorAll("input")].map((input) => input.value);
  return from || to ? `${from}..${to}` : "";
}

function drawMenus() {
  const made = Object.entries(OPTIONS).map(([field, options]) => [field, options()]);
  const menus = made.filter(([, options]) => options.length > 1).map(([field, options]) => menu(field, choices(field, options)));
  byId("menus").replaceChildren(...menus, menu("date", dates()));
}

// ---- the controls say what is shown ----------------------------------------------------------

function showControls(count) {
  if (document.activeElement !== box || box.value.trim() !== view.q) box.value = view.q;
  byId("sort").value = Object.hasOwn(SORTS, view.sort) ? view.sort : "";
  byId("hide").setAttribute("aria-pressed", String(Boolean(view.hide)));
  const folds = { "alike-rows": view.rows, "alike-builds": view.builds, "fold-all": allFolded() };
  for (const [id, on] of Object.entries(folds)) byId(id).checked = Boolean(on);
  byId("folds").classList.toggle("on", Object.values(folds).some(Boolean));
  const found = terms(view.q);
  for (const node of byId("menus").children) {
    const mine = found.filter((term) => term.field === node.dataset.field && !term.not).flatMap((term) => term.values);
    for (const tick of node.querySelectorAll("input[type=checkbox]")) tick.checked = mine.includes(tick.value);
    node.classList.toggle("on", mine.length > 0);
  }
  const all = (some, total, noun) => `${some === total ? total.toLocaleString("en") : `${some.toLocaleString("en")} of ${total.toLocaleString("en")}`} ${noun}${total === 1 ? "" : "s"}`;
  byId("shown").textContent = `${all(count.rows, model.rows.length, "row")} · ${all(count.builds, model.builds.length, "build")}`;
  byId("none").hidden = count.rows > 0 && count.builds > 0;
  byId("hints").textContent = byId("none").hidden ? "" : hints(view.q);
}

function allFolded() { return model.rows.length > 0 && groups().every((one) => view.fold.includes(one)); }

function showVerdict() {
  const anchor = byId("verdict"), at = model.builds[review()];
  anchor.hidden = !at;
  if (!at) return;
  anchor.className = `verdict ${at.answer}`;
  anchor.href = `#build=${encodeURIComponent(at.id)}`;
  const glyph = make("span", "answer", model.answers[at.answer]);
  glyph.setAttribute("aria-hidden", "true");
  anchor.replaceChildren(glyph, make("b", "", `${at.id} · ${at.version} · ${at.answer}`), make("span", "sentence", at.sentence.replace(/^[A-Z]+: /, "")));
}

let typed = false;
box.addEventListener("focus", () => { typed = false; });
box.addEventListener("input", () => { go({ q: box.value.trim() }, { quiet: typed }); typed = true; });
byId("sort").addEventListener("change", (event) => go({ sort: event.target.value }));
byId("hide").addEventListener("click", () => go({ hide: view.hide ? "" : "green" }));
byId("alike-rows").addEventListener("change", () => go({ rows: view.rows ? "" : "alike", wide: [] }));
byId("alike-builds").addEventListener("change", () => go({ builds: view.builds ? "" : "alike", wide: [] }));
byId("fold-all").addEventListener("change", () => go({ fold: allFolded() ? [] : groups() }));
byId("helps").addEventListener("click", () => byId("help").showModal());
addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.menu[open]")) if (!open.contains(event.target)) open.open = false;
});
