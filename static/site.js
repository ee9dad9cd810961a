// Everything here only adds comfort: each page works without it.

const html = document.documentElement;

// Theme: dark or light, kept where the admin keeps it too.
const dark = () => getComputedStyle(html).colorScheme === "dark" ||
  (!html.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
const toggle = document.querySelector("[data-toggle-theme]");
toggle.hidden = false;
toggle.addEventListener("click", () => {
  html.dataset.theme = dark() ? "light" : "dark";
  localStorage.setItem("theme", html.dataset.theme);
});

// "/" goes to the search field and "?" shows the keys, from anywhere but a field.
const keys = document.getElementById("keys");
const showKeys = (event) => {
  event.preventDefault();
  if (!keys.open) keys.showModal();
};

// "j" and "k" go down and up the links that lead from the rows of tables.
const step = (by) => {
  const rows = [...document.querySelectorAll("main tbody th a")].filter((link) => link.checkVisibility());
  const at = rows.findIndex((link) => link.closest("tr").contains(document.activeElement));
  const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by;
  rows[next]?.focus();
};

document.querySelector("[data-keys]").addEventListener("click", showKeys);
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "?") showKeys(event);
  if ((event.key === "j" || event.key === "k") && !keys.open) step(event.key === "j" ? 1 : -1);
  if (event.key !== "/" || keys.open) return;
  event.preventDefault();
  document.querySelector("[data-search]").focus();
});

// Live parts ask for news only while someone can see them.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.detail.elt.hasAttribute("data-live")) event.preventDefault();
});

// Filters left empty stay out of the address.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  for (const [name, value] of [...detail.formData]) if (value === "") detail.formData.delete(name);
});

// Exact times in the reader's own zone.
const localTimes = (root) => {
  for (const time of root.querySelectorAll("time[datetime]")) {
    time.title = new Date(time.dateTime).toLocaleString(undefined, { dateStyle: "long", timeStyle: "long" });
  }
};
localTimes(document);
document.addEventListener("htmx:load", (event) => localTimes(event.detail.elt));

// On narrow screens menus and tabs scroll sideways: the current one is brought into view.
for (const item of document.querySelectorAll(":is(.menu, .tabs) [aria-current]")) {
  const bar = item.parentElement;
  bar.scrollLeft = item.offsetLeft - bar.offsetLeft - (bar.clientWidth - item.clientWidth) / 2;
}
