// Loaded before the first paint, so that a stored theme doesn't flash. The key is the admin's own.
const theme = localStorage.getItem("theme");
if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
