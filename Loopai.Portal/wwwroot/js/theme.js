// Runs before the first paint, so that neither the theme nor the folded navigation flickers. Loaded as a classic script on purpose.
(() => {
  const root = document.documentElement;
  const apply = () => {
    for (const name of ["theme", "nav"]) {
      const value = localStorage.getItem(`loopai.${name}`);
      if (value) { if (root.dataset[name] !== value) root.dataset[name] = value; } else delete root.dataset[name];
    }
  };
  apply();
  // Enhanced navigation copies the server's <html> attributes over ours.
  new MutationObserver(apply).observe(root, { attributes: true, attributeFilter: ["data-theme", "data-nav"] });
  window.loopaiSet = (name, value) => {
    if (value) localStorage.setItem(`loopai.${name}`, value); else localStorage.removeItem(`loopai.${name}`);
    apply();
    document.dispatchEvent(new CustomEvent("loopai:preference", { detail: name }));
  };
})();
