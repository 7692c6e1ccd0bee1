/* What the map of flows does beside map.js: the width and the figure of each band in the year shown.
   FLOWS holds, for each band, [width in px, label] by year; FULL is the map's width that they are made for. */
addEventListener("DOMContentLoaded", () => {
  const box = document.querySelector(".folium-map");
  const step = document.getElementById("step");
  const range = document.getElementById("range");
  function draw() {
    const scale = Math.min(1, box.clientWidth / FULL);
    for (const [id, years] of Object.entries(FLOWS)) {
      const [width, label] = years[+range.value];
      for (const path of document.querySelectorAll(`path[data-id="${id}"]`))
        path.style.strokeWidth = `${(width * scale).toFixed(1)}px`;
      const text = document.querySelector(`.names .${id} text`);
      if (text.textContent !== label) text.textContent = label;
    }
  }
  new MutationObserver(draw).observe(step, { childList: true });
  new ResizeObserver(draw).observe(box);
  draw();
});
