// Paints the squares. Elements carry what a screen reader needs of each; thousands of painted ones
// would make scrolling slow, so that one canvas behind them shows what they look like.

const canvas = make("canvas", "squares");
const ink = canvas.getContext("2d");
let sprites = null; // by shape, then by code: a square drawn once

canvas.setAttribute("aria-hidden", "true");

function probe(style) {
  const node = stage.appendChild(make("span", `sq ${style}`));
  const found = getComputedStyle(node);
  const look = { font: found.font, line: found.borderTopStyle, fill: found.backgroundColor, ink: found.color, edge: found.borderTopColor };
  node.remove();
  return look;
}

function sprite({ glyph, style }, round, scale) {
  const made = make("canvas"), pen = made.getContext("2d"), look = probe(style), { pitch } = size;
  made.width = made.height = Math.ceil(pitch * scale);
  pen.scale(scale, scale);
  pen.beginPath();
  pen.roundRect(1.5, 1.5, pitch - 3, pitch - 3, round ? pitch : 3);
  pen.fillStyle = look.fill;
  pen.strokeStyle = look.edge;
  if (look.line === "dashed") pen.setLineDash([2.5, 2]);
  pen.fill();
  pen.stroke();
  pen.font = look.font.replace(/[\d.]+px/, `${(pitch * 0.575).toFixed(1)}px`);
  pen.fillStyle = look.ink;
  const box = pen.measureText(glyph);
  const x = (pitch - box.actualBoundingBoxRight + box.actualBoundingBoxLeft) / 2;
  const y = (pitch + box.actualBoundingBoxAscent - box.actualBoundingBoxDescent) / 2;
  pen.fillText(glyph, x, y);
  return made;
}

function between(scale) {
  const made = make("canvas"), pen = made.getContext("2d"), { pitch } = size;
  made.width = made.height = Math.ceil(pitch * scale);
  pen.scale(scale, scale);
  pen.strokeStyle = probe("skipped").edge;
  for (let at = -pitch; at < pitch; at += 5) { pen.moveTo(at, pitch); pen.lineTo(at + pitch, 0); }
  pen.stroke();
  return made;
}

function drawSprites() {
  const scale = devicePixelRatio;
  const every = (round) => codes.map((known) => sprite(known, round, scale));
  const gap = between(scale);
  sprites = { plain: every(false), round: every(true), pitch: size.pitch, scale };
  sprites.plain[GAP] = sprites.round[GAP] = gap;
}

function fitCanvas() {
  const scale = devicePixelRatio;
  if (!sprites || sprites.pitch !== size.pitch || sprites.scale !== scale) drawSprites();
  const [width, height] = [Math.max(0, size.width - size.names), Math.max(0, size.height - size.head)];
  const [across, down] = [Math.ceil(width * scale), Math.ceil(height * scale)];
  if (canvas.width !== across) canvas.width = across;
  if (canvas.height !== down) canvas.height = down;
  Object.assign(canvas.style, { left: `${size.names}px`, width: `${across / scale}px`, height: `${down / scale}px` });
}

function drawSquares() {
  const { pitch } = size, scale = devicePixelRatio, step = pitch * scale;
  const x = Math.round((first.column * pitch - size.left) * scale), y = Math.round((first.line * pitch - size.top) * scale);
  ink.clearRect(0, 0, canvas.width, canvas.height);
  pool.forEach((node, i) => {
    if (!node.line || node.hidden) return;
    const shapes = node.line.kind === "suite" || node.line.kind === "canary" ? sprites.round : sprites.plain;
    node.squares.forEach((cell, j) => {
      const image = shapes[cell.code];
      if (image) ink.drawImage(image, Math.round(x + j * step), Math.round(y + i * step));
    });
  });
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { sprites = null; if (lines.length) build({ resized: true }); });
