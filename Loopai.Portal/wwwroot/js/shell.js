// What the shell does without asking the server. Everything is delegated from the document, so it works in pages with and without a circuit.
import { startTips } from "./tips.js";
import { startMenus } from "./menus.js";
import { startPresses } from "./presses.js";

startTips();
startMenus();
startPresses();

const closest = (event, selector) => event.target instanceof Element ? event.target.closest(selector) : null;

document.addEventListener("click", async event => {
  const theme = closest(event, "[data-set-theme]");
  if (theme) window.loopaiSet("theme", theme.dataset.setTheme === "system" ? null : theme.dataset.setTheme);

  if (closest(event, "[data-fold-nav]")) {
    window.loopaiSet("nav", document.documentElement.dataset.nav === "folded" ? null : "folded");
  }

  const opener = closest(event, "[data-open-dialog]");
  if (opener) openDialog(document.getElementById(opener.dataset.openDialog));

  const dialog = closest(event, "dialog[data-light]");
  if (dialog && (event.target === dialog || closest(event, "a[href], [data-close-dialog]"))) dialog.close();

  const copy = closest(event, "[data-copy]");
  if (copy) await copyText(copy);

  if (closest(event, "[data-print]")) window.print();
  if (closest(event, "[data-reload]")) location.reload();
  if (closest(event, "[data-reconnect]")) await reconnect();
  if (closest(event, "[data-scroll-to]")) document.querySelector(closest(event, "[data-scroll-to]").dataset.scrollTo)?.focus();
});

document.addEventListener("keydown", event => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    const palette = document.getElementById("palette");
    if (!palette) return;
    event.preventDefault();
    if (palette.open) palette.close(); else openDialog(palette);
    return;
  }

  // Ctrl+Enter presses the button that the surrounding form names; what is being typed is told to the server first.
  const form = event.key === "Enter" && (event.ctrlKey || event.metaKey) ? closest(event, "[data-ctrl-enter]") : null;
  const submit = form?.querySelector(form.dataset.ctrlEnter);
  if (submit && !submit.disabled) {
    event.preventDefault();
    if (event.target.matches("input, textarea")) event.target.dispatchEvent(new Event("change", { bubbles: true }));
    submit.click();
    return;
  }

  // Escape leaves what stands beside a list by the link that closes it, wherever the focus is; what lies above it goes first.
  if (event.key === "Escape" && !event.defaultPrevented && !closest(event, "input, textarea, select")
    && !document.querySelector("dialog[open], .rz-dialog, [popover]:popover-open")) {
    document.querySelector("a[data-escape]")?.click();
    return;
  }

  const row = closest(event, ".row-link");
  if (row && ["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) {
    const rows = [...row.closest("table").querySelectorAll(".row-link")];
    const at = rows.indexOf(row);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    rows[next]?.focus();
    event.preventDefault();
    return;
  }

  pressShortcut(event);
});

// An element says which key presses it: <a data-shortcut="g t">, <button data-shortcut="n">.
let prefix = null;
function pressShortcut(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1 || document.querySelector("dialog[open], .rz-dialog")) return;
  if (closest(event, "input, textarea, select, [contenteditable='true']")) return;
  const find = keys => [...document.querySelectorAll("[data-shortcut]")].find(e => e.dataset.shortcut === keys && e.getClientRects().length > 0);
  const sequence = prefix && Date.now() - prefix.at < 1200 ? `${prefix.key} ${event.key}` : null;
  const target = (sequence && find(sequence)) || find(event.key);
  // A key that pressed something begins no sequence: who types y, n, y quickly presses all three.
  prefix = target ? null : { key: event.key, at: Date.now() };
  if (!target) return;
  event.preventDefault();
  if (target.matches("input, select, textarea")) target.focus(); else target.click();
}

function openDialog(dialog) {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  dialog.dispatchEvent(new CustomEvent("opened"));
}

async function copyText(button) {
  const source = button.dataset.copyFrom ? document.getElementById(button.dataset.copyFrom) : null;
  const text = source ? source.value ?? source.textContent : button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without a secure context there is no clipboard API; the old command still works there.
    const area = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  button.classList.add("copied");
  announce("Copied");
  setTimeout(() => button.classList.remove("copied"), 1600);
}

async function reconnect() {
  const modal = document.getElementById("components-reconnect-modal");
  modal?.classList.replace("components-reconnect-failed", "components-reconnect-show");
  // False means that the server answered and no longer knows this circuit: only a reload helps then.
  try {
    if (!await Blazor.reconnect()) location.reload();
  } catch {
    modal?.classList.replace("components-reconnect-show", "components-reconnect-failed");
  }
}

export function announce(text) {
  const live = document.getElementById("announcer");
  if (!live) return;
  live.textContent = "";
  requestAnimationFrame(() => { live.textContent = text; });
}

export const timeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
