/* The table of contested areas inside its frame: it follows the theme of the page around it, and the frame is as high as the table. */
"use strict";
(() => {
  let frame = null;
  try {
    frame = frameElement;
  } catch {
    /* a page that may not look at its parent: the browser decides on the theme, and the frame scrolls */
  }
  if (!frame) return;
  const root = document.documentElement;
  const follow = () => {
    const scheme = getComputedStyle(frame).colorScheme;
    root.style.colorScheme = scheme === "normal" ? "light" : scheme;
  };
  follow();
  frame.previousElementSibling?.setAttribute("aria-hidden", "true"); // the still picture below this frame
  const attributeFilter = ["style", "class", "data-jp-theme-light", "data-theme"];
  for (const around of [parent.document.documentElement, parent.document.body])
    new MutationObserver(follow).observe(around, { attributes: true, attributeFilter });
  new ResizeObserver(() => (frame.style.minHeight = `${document.body.offsetHeight}px`)).observe(document.body);
})();
