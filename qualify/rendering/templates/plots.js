// Draws plots with plotly, which a page holds once, and saves them as pictures: nothing is fetched.

function plotly() {
  if (!window.Plotly) {
    const script = make("script");
    script.textContent = byId("plotly").textContent;
    document.head.append(script);
  }
  return window.Plotly;
}

function plot(block) {
  const node = make("div", "plot");
  node.setAttribute("role", "img");
  node.setAttribute("aria-label", block.label);
  const { data, layout: own } = block.figure;
  const font = { ...own.font, color: getComputedStyle(document.body).color };
  const layout = { template: look, ...own, font };
  if (own.height) node.style.height = `${own.height}px`;
  const draw = () => plotly().newPlot(node, data, layout, { displayModeBar: false, responsive: true });
  requestAnimationFrame(draw);
  const buttons = make("p", "export");
  for (const format of ["SVG", "PNG"]) {
    const saved = press(format, () => save(node, { data, layout }, format));
    saved.setAttribute("aria-label", `${format} picture of ${block.label}`);
    buttons.append(saved);
  }
  const figure = make("div", own.height ? "figure tall" : "figure");
  figure.append(node, buttons);
  return figure;
}

// ---- pictures of plots, made here: nothing is fetched -----------------------------------------

async function save(node, { data, layout }, format) {
  const ground = getComputedStyle(document.body).backgroundColor;
  const size = { width: node.clientWidth, height: node.clientHeight };
  const drawn = { data, layout: { ...layout, paper_bgcolor: ground } };
  const vector = await plotly().toImage(drawn, { format: "svg", ...size });
  const anchor = make("a");
  anchor.href = format === "SVG" ? vector : await rastered(vector, size);
  anchor.download = `${section.querySelector("h2").textContent.replace(/[^\w.@-]+/g, "_")}.${format.toLowerCase()}`;
  anchor.click();
}

async function rastered(vector, { width, height }, scale = 2) {
  const image = new Image();
  image.src = vector;
  await image.decode();
  const canvas = Object.assign(make("canvas"), { width: width * scale, height: height * scale });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/png");
}
