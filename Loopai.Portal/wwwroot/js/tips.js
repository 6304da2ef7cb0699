// One tooltip for the whole page, shown by the pointer and by the keyboard's focus, outside of every overflow.
let tip = null;
let owner = null;
let timer = 0;

const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

function textOf(element) {
  // Times are written in UTC by the server and read in the viewer's own zone here.
  if (element.matches("time[datetime]")) return absolute.format(new Date(element.dateTime));
  if (element.dataset.tipFolded) return document.documentElement.dataset.nav === "folded" ? element.dataset.tipFolded : null;
  return element.dataset.tip;
}

function show(element) {
  const text = textOf(element);
  if (!text) return;
  owner = element;
  tip ??= Object.assign(document.createElement("div"), { className: "tip", role: "tooltip", id: "tip" });
  tip.setAttribute("popover", "manual");
  tip.textContent = text;
  // Inside an open dialog only its own children are above the backdrop; the top layer is above both.
  document.body.append(tip);
  tip.showPopover?.();
  const at = element.getBoundingClientRect();
  const size = tip.getBoundingClientRect();
  const above = at.top - size.height - 6;
  tip.style.top = `${above > 4 ? above : at.bottom + 6}px`;
  tip.style.left = `${Math.max(6, Math.min(at.left + at.width / 2 - size.width / 2, innerWidth - size.width - 6))}px`;
}

function hide() {
  clearTimeout(timer);
  owner = null;
  tip?.remove();
}

export function startTips() {
  const find = event => event.target instanceof Element ? event.target.closest("[data-tip], [data-tip-folded], time[datetime]") : null;
  document.addEventListener("pointerover", event => {
    const element = find(event);
    if (element === owner) return;
    hide();
    if (element && event.pointerType !== "touch") timer = setTimeout(() => element.isConnected && show(element), 280);
  });
  document.addEventListener("focusin", event => {
    const element = find(event);
    hide();
    if (element?.matches(":focus-visible")) show(element);
  });
  document.addEventListener("focusout", hide);
  document.addEventListener("pointerdown", hide);
  document.addEventListener("scroll", hide, { capture: true, passive: true });
  document.addEventListener("keydown", event => { if (event.key === "Escape") hide(); });
}
