/* A click on the mark of a source opens its entries below the paragraph, item or table, in JupyterLab and on the site.
   What finds the list of sources differs; without a list, the title of the mark says publishers and days. */
"use strict";
globalThis.samarkandMarks = (marks, listOf) => {
  const make = (tag, more) => Object.assign(document.createElement(tag), more);

  /* "2, 16–18" are the entries 2, 16, 17 and 18. */
  const numbersOf = (mark) =>
    mark.textContent.split(",").flatMap((part) => {
      const [first, last = first] = part.split("–").map(Number);
      return Array.from({ length: last - first + 1 }, (_, more) => first + more);
    });

  /* Of an entry its words and its links alone: the list may be from a notebook that nobody trusts. */
  const copyOf = (entry, number) => {
    const line = make("li", { value: number });
    for (const part of entry.childNodes)
      line.append(
        part.nodeName === "A" && /^https?:/.test(part.href)
          ? make("a", { href: part.href, rel: "noreferrer", target: "_blank", textContent: part.textContent })
          : part.textContent,
      );
    return line;
  };

  const toggle = (mark) => {
    const place = mark.closest("table") ?? mark.closest("li, p") ?? mark.parentElement;
    const open = document.querySelector(".samarkand-entries");
    const same = open?.mark === mark;
    open?.remove();
    if (same) return mark.focus();
    const list = listOf(mark)?.children ?? [];
    const lines = numbersOf(mark).filter((number) => list[number - 1]).map((number) => copyOf(list[number - 1], number));
    const box = make("div", { className: "samarkand-entries", mark });
    box.setAttribute("role", "note");
    const body = lines.length ? make("ol") : make("p", { textContent: mark.title.replace(/: [^:]*$/, ".") });
    body.append(...lines);
    const close = make("button", { type: "button", textContent: "Close" });
    close.addEventListener("click", () => toggle(mark));
    box.addEventListener("keydown", (event) => event.key === "Escape" && toggle(mark));
    box.append(body, close);
    if (place.tagName === "LI") place.append(box);
    else place.after(box);
    close.focus({ preventScroll: true });
    box.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener(
    "click",
    (event) => {
      const mark = event.target.closest?.(marks);
      if (!mark || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      toggle(mark);
    },
    true,
  );
};
