// What a scroll leaves for later, and how a place is brought into sight.

let settling = 0;

function settle(now) {
  clearTimeout(settling);
  keepFocus();
  if (now) number();
  else settling = setTimeout(number, 120);
}

function number() {
  putInOrder(inner, pool);
  putInOrder(headCells, headPool);
  for (const node of pool) node.squares.forEach((cell, j) => cell.setAttribute("aria-colindex", first.column + j + 2));
}

function reveal(line, column) {
  const { pitch, names, head: tall } = size;
  if (line >= 0) {
    const top = line * pitch, room = size.height - tall - pitch;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top > scroller.scrollTop + room) scroller.scrollTop = top - room + 4;
  }
  if (column >= 0) {
    const left = column * pitch, room = size.width - names - pitch;
    if (left < scroller.scrollLeft) scroller.scrollLeft = left;
    else if (left > scroller.scrollLeft + room) scroller.scrollLeft = left - room + 4;
  }
  paint();
}
