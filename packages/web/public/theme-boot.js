// Before the first paint: a chosen theme wins over the system's. A file of its own, because the page allows no inline script.
(() => {
  try {
    const theme = localStorage.getItem('throughline.theme');
    if (theme === '"light"' || theme === '"dark"')
      document.documentElement.dataset.theme = theme.slice(1, -1);
  } catch {
    // Storage may be forbidden; the system's theme is then right.
  }
})();
