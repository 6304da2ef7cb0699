// The palette's keyboard and its memory; what it offers comes from the server.
const memory = "loopai.recent";
const recent = () => { try { return JSON.parse(localStorage.getItem(memory)) ?? []; } catch { return []; } };

export function attach(dialog, dotnet) {
  const input = dialog.querySelector("input");
  const options = () => [...dialog.querySelectorAll("[role=option]")];
  const select = option => {
    for (const o of options()) o.setAttribute("aria-selected", o === option);
    if (option) { input.setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); }
    else input.removeAttribute("aria-activedescendant");
  };
  const selected = () => options().find(o => o.getAttribute("aria-selected") === "true");

  const opened = () => { input.value = ""; input.focus(); dotnet.invokeMethodAsync("OpenedAsync", recent()); };
  const keys = event => {
    const all = options();
    const at = all.indexOf(selected());
    const to = { ArrowDown: (at + 1) % all.length, ArrowUp: (at - 1 + all.length) % all.length }[event.key];
    if (to !== undefined && all.length) { select(all[to]); event.preventDefault(); }
    if (event.key === "Enter") { selected()?.click(); event.preventDefault(); }
  };
  const chosen = event => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    const item = { title: option.dataset.title, icon: option.dataset.icon, href: option.getAttribute("href") };
    localStorage.setItem(memory, JSON.stringify([item, ...recent().filter(r => r.href !== item.href)].slice(0, 6)));
  };
  const hover = event => { const option = event.target.closest("[role=option]"); if (option && option !== selected()) select(option); };
  // The list is drawn anew for each query; the first answer is then the one Enter takes.
  const fresh = new MutationObserver(() => select(selected() ?? options()[0]));
  fresh.observe(dialog.querySelector("[role=listbox]"), { childList: true, subtree: true });

  dialog.addEventListener("opened", opened);
  dialog.addEventListener("keydown", keys);
  dialog.addEventListener("click", chosen, true);
  dialog.addEventListener("pointermove", hover);
  if (dialog.open) opened();
  return {
    dispose: () => {
      fresh.disconnect();
      dialog.removeEventListener("opened", opened);
      dialog.removeEventListener("keydown", keys);
      dialog.removeEventListener("click", chosen, true);
      dialog.removeEventListener("pointermove", hover);
    },
  };
}
