// A line of the main metric over the shown builds; its right end, beside the squares, is the newest.

const sparks = new Map();
const SPARK = { width: 58, height: 14, points: 58 };

function series(row) {
  const size = Math.max(1, Math.ceil(kept.length / SPARK.points));
  const made = [];
  for (let at = 0; at < kept.length; at += size) {
    let sum = 0, count = 0;
    for (const build of kept.slice(at, at + size)) {
      const one = measured(row, build);
      if (one === one) { sum += one; count += 1; }
    }
    made.push(count ? sum / count : NaN);
  }
  return made.reverse();
}

function path(row) {
  if (sparks.has(row)) return sparks.get(row);
  const values = series(row);
  const known = values.filter((one) => one === one);
  const low = Math.min(...known), span = Math.max(...known) - low;
  const x = (at) => (values.length > 1 ? 1 + (at * (SPARK.width - 4)) / (values.length - 1) : SPARK.width - 3);
  const y = (one) => (span ? SPARK.height - 2 - ((one - low) / span) * (SPARK.height - 4) : SPARK.height / 2);
  let d = "", pen = "M";
  values.forEach((one, at) => {
    if (one !== one) return;
    d += `${pen}${x(at).toFixed(1)} ${y(one).toFixed(1)}`;
    pen = "L";
  });
  const last = values.at(-1);
  const made = { d, end: last === last ? [x(values.length - 1), y(last)] : null, some: known.length > 1 };
  sparks.set(row, made);
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

function sparkNode() {
  const node = document.createElementNS(SVG, "svg");
  node.setAttribute("class", "spark");
  node.setAttribute("viewBox", `0 0 ${SPARK.width} ${SPARK.height}`);
  node.setAttribute("aria-hidden", "true");
  node.append(document.createElementNS(SVG, "path"), document.createElementNS(SVG, "circle"));
  node.lastChild.setAttribute("r", "1.8");
  return node;
}

function drawSpark(node, row) {
  const made = model.codes && row && row.metric && path(row.at);
  node.style.visibility = made && made.some ? "" : "hidden";
  if (!made || !made.some) return;
  node.firstChild.setAttribute("d", made.d);
  node.lastChild.style.visibility = made.end ? "" : "hidden";
  if (made.end) node.lastChild.setAttribute("transform", `translate(${made.end[0].toFixed(1)} ${made.end[1].toFixed(1)})`);
}
