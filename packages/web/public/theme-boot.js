// Applies the theme that the user chose before the first paint. This is a separate file because the Content Security
// Policy forbids inline scripts.
(() => {
  try {
    const theme = localStorage.getItem('throughline.theme');
    if (theme === '"light"' || theme === '"dark"')
      document.documentElement.dataset.theme = theme.slice(1, -1);
  } catch {
    // Storage can be blocked. The page then follows the system's theme.
  }
})();
