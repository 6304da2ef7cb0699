// Menus are native popovers: the browser opens, dismisses and stacks them; this places them and moves through them by arrow keys.
const invokerOf = popover => document.querySelector(`[popovertarget="${CSS.escape(popover.id)}"]`);

function place(popover) {
  const invoker = invokerOf(popover);
  if (!invoker) return;
  const at = invoker.getBoundingClientRect();
  const size = popover.getBoundingClientRect();
  const end = popover.dataset.align === "end";
  const left = end ? at.right - size.width : at.left;
  const below = at.bottom + 4;
  popover.style.left = `${Math.max(8, Math.min(left, innerWidth - size.width - 8))}px`;
  popover.style.top = `${below + size.height > innerHeight - 8 && at.top > size.height ? at.top - size.height - 4 : below}px`;
}

export function startMenus() {
  document.addEventListener("toggle", event => {
    const popover = event.target;
    if (!(popover instanceof HTMLElement) || !popover.matches("[popover].menu, [popover].pop")) return;
    invokerOf(popover)?.setAttribute("aria-expanded", event.newState === "open");
    if (event.newState !== "open") return;
    place(popover);
    popover.querySelector(popover.matches(".menu") ? "[role^=menuitem]" : "input, select, button")?.focus({ preventScroll: true });
  }, true);

  document.addEventListener("click", event => {
    const item = event.target instanceof Element ? event.target.closest("[popover] [role^=menuitem], [popover] [data-close-popover]") : null;
    const popover = item?.closest("[popover]");
    if (popover?.matches(":popover-open")) {
      popover.hidePopover();
      if (!item.matches("a")) invokerOf(popover)?.focus();
    }
  });

  document.addEventListener("keydown", event => {
    const menu = event.target instanceof Element ? event.target.closest("[popover].menu") : null;
    if (!menu) return;
    const items = [...menu.querySelectorAll("[role^=menuitem]:not(:disabled)")];
    const at = items.indexOf(document.activeElement);
    const next = { ArrowDown: (at + 1) % items.length, ArrowUp: (at - 1 + items.length) % items.length, Home: 0, End: items.length - 1 }[event.key];
    if (next === undefined) return;
    items[next]?.focus();
    event.preventDefault();
  });
}
