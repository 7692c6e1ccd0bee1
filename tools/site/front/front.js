/* The front page: its colours, kept as the theme of all other pages keeps them, and the answer to its question. */
"use strict";
(() => {
  const root = document.documentElement, button = document.getElementById("theme");
  const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const dark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const name = () => { button.textContent = dark() ? "Light" : "Dark"; button.setAttribute("aria-label", `${button.textContent} colours`); };
  if (["light", "dark"].includes(kept("mode"))) root.dataset.theme = kept("mode");
  name();
  button.onclick = () => {
    root.dataset.theme = dark() ? "light" : "dark";
    for (const key of ["mode", "theme"]) try { localStorage.setItem(key, root.dataset.theme); } catch { /* kept for this page alone */ }
    name();
  };
  const choices = [...document.querySelectorAll(".guess button")], reply = document.getElementById("reply");
  for (const choice of choices)
    choice.onclick = () => {
      for (const one of choices) one.setAttribute("aria-pressed", one === choice);
      document.querySelector("figure").classList.add("told");
      const said = document.createElement("b");
      said.textContent = choice.dataset.says;
      reply.replaceChildren(said, " ", document.getElementById("all").content.cloneNode(true));
    };
})();
