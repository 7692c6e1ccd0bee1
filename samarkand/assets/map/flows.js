/* What the map of flows does beside map.js: the width, the head and the figure of each band in the year shown.
   FLOWS holds, for each band, [width in px, label] by year; FULL is the map's width that they are made for. */
addEventListener("DOMContentLoaded", () => {
  const box = document.querySelector(".folium-map");
  const step = document.getElementById("step");
  const range = document.getElementById("range");
  const heads = document.querySelector("svg.defs");
  for (const id of Object.keys(FLOWS))
    heads.insertAdjacentHTML(
      "beforeend",
      `<marker id="head-${id}" viewBox="0 0 5 10" markerUnits="userSpaceOnUse" refX=".2" refY="5" orient="auto"><path d="M0 0L5 5L0 10z"/></marker>`,
    );
  function draw() {
    const scale = Math.min(1, box.clientWidth / FULL);
    for (const [id, years] of Object.entries(FLOWS)) {
      const [width, label] = years[+range.value];
      const head = document.getElementById(`head-${id}`);
      const broad = 1.8 * width * scale + 8; // also the thinnest band has a head to be seen
      head.setAttribute("markerWidth", broad / 2);
      head.setAttribute("markerHeight", broad);
      for (const path of document.querySelectorAll(`path[data-id="${id}"]`)) {
        path.style.strokeWidth = `${(width * scale).toFixed(1)}px`;
        path.style.markerEnd = width ? `url(#head-${id})` : "none";
      }
      const text = document.querySelector(`.names .${id} text`);
      if (text.textContent !== label) text.textContent = label;
    }
  }
  new MutationObserver(draw).observe(step, { childList: true });
  new ResizeObserver(draw).observe(box);
  draw();
});
