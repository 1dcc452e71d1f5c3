// The selector language of the command line, with fields: globs, `!` leaves out.

const ROW_FIELDS = { target: "target", suite: "suite", owner: "owner", lane: "lane", metric: "metric", name: "name" };
const FIELDS = [...Object.keys(ROW_FIELDS), "status", "now", "build", "date"];
const HINTED = 13; // as many as there are statuses
const TOKEN = /(!?)(?:([a-z]+):)?((?:"[^"]*"?|[^\s"])+)/g;

function fits(pattern) {
  if (!/[*?[]/.test(pattern)) {
    const word = pattern.toLowerCase();
    return (text) => text.toLowerCase().includes(word);
  }
  const regex = new RegExp(`^${pattern.replace(/\[(!?)([^\]]+)\]|[\s\S]/g, globPart)}$`, "u");
  return (text) => regex.test(text);
}

function globPart(all, not, set) {
  if (set) return `[${not ? "^" : ""}${set.replace(/[\\\]^[]/g, "\\$&")}]`;
  if (all === "*") return "[\\s\\S]*";
  if (all === "?") return "[\\s\\S]";
  return /[\^$.|+()[\]{}\\/]/.test(all) ? `\\${all}` : all;
}

// Terms by field: { q: [{ not, field, values }] }; an unknown field is a word with a colon.
function terms(q) {
  const found = [];
  for (const [, not, field, rest] of q.matchAll(TOKEN)) {
    const known = FIELDS.includes(field);
    const text = rest.replaceAll('"', "");
    if (!known) found.push({ not: Boolean(not), field: "", values: [field ? `${field}:${text}` : text] });
    else found.push({ not: Boolean(not), field, values: text.split(",").filter(Boolean) });
  }
  return found.filter((term) => term.values.length);
}

function statusMask(values) {
  let mask = 0;
  for (const one of values) {
    const named = fits(one.replaceAll("-", " "));
    codes.forEach((code, at) => {
      const exact = code.name === one.replaceAll("-", " ");
      if (exact || (one === "green" && code.green) || (one === "red" && code.red)) mask |= 1 << at;
      else if (/[*?[]/.test(one) && named(code.name)) mask |= 1 << at;
    });
  }
  return mask;
}

function dated(value) {
  const [from, to] = value.includes("..") ? value.split("..") : [value, value];
  return (time) => (!from || time.slice(0, from.length) >= from) && (!to || time.slice(0, to.length) <= to);
}

// A test of all terms of one kind: any that is wanted, none that is not.
function every(list, test) {
  const groups = new Map();
  for (const term of list) {
    const key = `${term.not}${term.field}`;
    const tests = term.values.map((one) => test(term.field, one));
    groups.set(key, { not: term.not, tests: [...(groups.get(key)?.tests || []), ...tests] });
  }
  const all = [...groups.values()];
  return (of) => all.every(({ not, tests }) => tests.some((one) => one(of)) !== not);
}

const seen = { key: null, masks: [] };

// Which statuses each row has in some builds, a bit each.
function seenIn(columns) {
  const key = `${model.drawn}:${columns.join()}`;
  if (seen.key === key) return seen.masks;
  seen.key = key;
  seen.masks = new Uint32Array(model.rows.length);
  const { statuses } = model, count = model.builds.length;
  for (let row = 0; row < model.rows.length; row += 1) {
    for (let at = 0; at < columns.length; at += 1) seen.masks[row] |= 1 << statuses[row * count + columns[at]];
  }
  return seen.masks;
}

function buildFilter(found) {
  const mine = found.filter((term) => term.field === "build" || term.field === "date");
  return every(mine, (field, text) => {
    if (field === "date") return ((within) => (build) => within(build.time))(dated(text));
    const named = fits(text);
    return (build) => build.id === text || named(build.id) || named(build.version) || (build.commit && named(build.commit));
  });
}

function rowFilter(found, columns) {
  const mine = found.filter((term) => term.field === "" || Object.hasOwn(ROW_FIELDS, term.field));
  const named = every(mine, (field, text) => {
    const test = fits(text);
    return field ? (row) => test(row[ROW_FIELDS[field]]) : (row) => test(row.id);
  });
  const states = found.filter((term) => term.field === "status" || term.field === "now");
  const stands = every(states, (field, text) => {
    const mask = statusMask([text]);
    if (field === "now") return (row) => Boolean(mask & (1 << status(row.at, review())));
    const masks = seenIn(columns);
    return (row) => Boolean(mask & masks[row.at]);
  });
  return (row) => named(row) && stands(row);
}

// What of the words fits nothing at all, and what would.
function hints(q) {
  const found = [];
  for (const { not, field, values } of terms(q)) {
    const named = !field && /^([a-z]+):/.exec(values[0]);
    if (named) found.push(`There is no field ${named[1]}, but ${FIELDS.join(", ")}.`);
    const among = not || !field ? [] : field === "status" || field === "now" ? codes.map((code) => code.name) : distinct(field);
    const fitting = field === "status" || field === "now" ? (one) => statusMask([one]) : (one) => among.some(fits(one));
    for (const one of values) if (among.length && !fitting(one)) found.push(`No ${field} is ${one}; there is ${among.slice(0, HINTED).join(", ")}${among.length > HINTED ? " …" : ""}.`);
  }
  return found.join(" ");
}

// ---- the same words, changed by the visible controls --------------------------------------

function quoted(text) { return /[\s"]/.test(text) ? `"${text.replaceAll('"', "")}"` : text; }

function asWords(list) {
  const word = (one) => (one.not ? "!" : "") + (one.field ? `${one.field}:` : "") + one.values.map(quoted).join(",");
  return list.map(word).join(" ");
}

function toggled(q, field, text) {
  const found = terms(q);
  const term = found.find((one) => one.field === field && !one.not);
  if (!term) return asWords([...found, { not: false, field, values: [text] }]);
  term.values = term.values.includes(text) ? term.values.filter((one) => one !== text) : [...term.values, text];
  return asWords(found.filter((one) => one.values.length));
}

function replaced(q, field, text) {
  const rest = terms(q).filter((one) => one.field !== field);
  return asWords(text ? [...rest, { not: false, field, values: [text] }] : rest);
}
