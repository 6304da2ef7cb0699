// Leaving a field tells the server its value, and the answer may move the page while the button that was pressed is still down: browsers then click
// nothing, and the press is lost. It counts for the button it began on, as long as the pointer itself stayed where it was.
const Tolerance = 4;
let pressed = null;

export function startPresses() {
  document.addEventListener("mousedown", event => {
    const button = event.button === 0 && event.target instanceof Element ? event.target.closest("button") : null;
    pressed = button && { button, x: event.clientX, y: event.clientY };
  }, true);

  document.addEventListener("mouseup", event => {
    const from = pressed;
    pressed = null;
    if (!from || event.button !== 0 || !from.button.isConnected || from.button.disabled || from.button.contains(event.target)) return;
    if (Math.abs(event.clientX - from.x) <= Tolerance && Math.abs(event.clientY - from.y) <= Tolerance) from.button.click();
  }, true);
}
