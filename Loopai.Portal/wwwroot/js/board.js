// Arranging a board by pointer: a panel is taken by its grip and dropped before another. The keyboard has buttons for the same.
const arranged = new WeakSet();

export function arrange(board, dotnet) {
  if (!board || arranged.has(board)) return;
  arranged.add(board);
  let taken = null;
  let target = null;

  const cells = () => [...board.querySelectorAll(":scope > [data-panel]")];
  const under = event => document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-panel]");
  const clear = () => { for (const cell of cells()) cell.classList.remove("taken", "drop-before", "drop-after"); };

  board.addEventListener("pointerdown", event => {
    const grip = event.target.closest("[data-grip]");
    if (!grip || event.button !== 0) return;
    taken = grip.closest("[data-panel]");
    target = null;
    taken.classList.add("taken");
    board.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  board.addEventListener("pointermove", event => {
    if (!taken) return;
    clear();
    taken.classList.add("taken");
    const cell = under(event);
    if (!cell || cell === taken || cell.parentElement !== board) { target = null; return; }
    const box = cell.getBoundingClientRect();
    const after = event.clientX > box.left + box.width / 2;
    target = { cell, after };
    cell.classList.add(after ? "drop-after" : "drop-before");
  });
  const end = event => {
    if (!taken) return;
    const id = taken.dataset.panel;
    const all = cells();
    const before = target && (target.after ? all[all.indexOf(target.cell) + 1] : target.cell);
    if (target && event.type === "pointerup" && before !== taken) dotnet.invokeMethodAsync("Dropped", id, before?.dataset.panel ?? null);
    taken = null;
    clear();
  };
  board.addEventListener("pointerup", end);
  board.addEventListener("pointercancel", end);
}

export const fullScreen = element => document.fullscreenElement ? document.exitFullscreen() : element?.requestFullscreen?.();
