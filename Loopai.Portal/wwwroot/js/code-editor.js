// A textarea that behaves like an editor: Tab indents, lines are numbered, and the server hears of a change when typing pauses.
export function attach(host, marks) {
  const area = host.querySelector("textarea");
  const gutter = host.querySelector(".code-gutter");
  let lines = 0;
  let marked = new Map();
  let timer = 0;

  const number = force => {
    const now = area.value.split("\n").length;
    if (now === lines && !force) return;
    lines = now;
    gutter.replaceChildren(...Array.from({ length: lines }, (_, i) => {
      const span = document.createElement("span");
      span.textContent = i + 1;
      const message = marked.get(i + 1);
      if (message) { span.className = "marked"; span.dataset.tip = message; }
      return span;
    }));
    gutter.scrollTop = area.scrollTop;
  };
  const tell = () => { clearTimeout(timer); area.dispatchEvent(new Event("change", { bubbles: true })); };

  area.addEventListener("input", () => { number(); clearTimeout(timer); timer = setTimeout(tell, 400); });
  area.addEventListener("scroll", () => { gutter.scrollTop = area.scrollTop; });
  let leave = false;
  area.addEventListener("keydown", event => {
    // Escape, then Tab, leaves the editor: the keyboard must not be trapped.
    if (event.key === "Escape") { leave = true; return; }
    if (event.key !== "Tab" || leave || area.readOnly) { leave = false; return; }
    event.preventDefault();
    const { selectionStart: from, selectionEnd: to, value } = area;
    const start = value.lastIndexOf("\n", from - 1) + 1;
    if (from === to && !event.shiftKey) {
      area.setRangeText("  ", from, to, "end");
    } else {
      const block = value.slice(start, to);
      const moved = event.shiftKey ? block.replace(/^ {1,2}/gm, "") : block.replace(/^/gm, "  ");
      area.setRangeText(moved, start, to, "preserve");
    }
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const sizes = new ResizeObserver(() => { gutter.style.height = `${area.offsetHeight}px`; });
  sizes.observe(area);

  const mark = list => { marked = new Map((list ?? []).map(m => [m.line, m.message])); number(true); };
  mark(marks);
  return { mark, renumber: () => number(true), dispose: () => { clearTimeout(timer); sizes.disconnect(); } };
}
