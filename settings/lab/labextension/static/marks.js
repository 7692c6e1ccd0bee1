/* A click on the mark of a source, or on a term at its first use, opens what it leads to below the paragraph, item or
   table, in JupyterLab and on the site. What finds the list of sources differs; without a list, the title of the mark
   says publishers and days. What a term means is in the title of its link. */
"use strict";
globalThis.samarkandMarks = (marks, terms, listOf) => {
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

  /* Of a mark its entries in the list of sources. */
  const sourcesOf = (mark) => {
    const list = listOf(mark)?.children ?? [];
    const lines = numbersOf(mark).filter((number) => list[number - 1]).map((number) => copyOf(list[number - 1], number));
    if (!lines.length) return [make("p", { textContent: mark.title.replace(/: [^:]*$/, ".") })];
    const body = make("ol");
    body.append(...lines);
    return [body];
  };

  /* Lead to where a link leads: JupyterLab opens its own pages by a listener on the link itself. */
  let following = false;
  const follow = (link) => {
    following = true;
    link.click();
    following = false;
  };

  /* Of a term its meaning, its names in Russian and Kazakh, and the way to its entry, which stays that of the link. */
  const meaningOf = (term) => {
    const [, meaning, names] = /^(.*?)(?: ((?:Russian|Kazakh): .*))?$/s.exec(term.title);
    const says = make("p");
    says.append(make("strong", { textContent: term.textContent }), `: ${meaning}`);
    const lines = [says];
    if (names) {
      const line = make("p");
      for (const [at, name] of names.split("; ").entries()) {
        const [language, word] = name.split(": ");
        const lang = { Russian: "ru", Kazakh: "kk" }[language];
        if (lang) line.append(at ? "; " : "", `${language}: `, make("span", { lang, textContent: word }));
        else line.append("; ", name);
      }
      lines.push(line);
    }
    const entry = make("a", { href: term.href, textContent: "Its entry in the glossary" });
    entry.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      follow(term);
    });
    const way = make("p");
    way.append(entry);
    return [...lines, way];
  };

  const toggle = (mark) => {
    const place = mark.closest("table") ?? mark.closest("li, p") ?? mark.parentElement;
    const open = document.querySelector(".samarkand-entries");
    const same = open?.mark === mark;
    open?.remove();
    if (same) return mark.focus();
    const box = make("div", { className: "samarkand-entries", mark });
    box.setAttribute("role", "note");
    const close = make("button", { type: "button", textContent: "Close" });
    close.addEventListener("click", () => toggle(mark));
    box.addEventListener("keydown", (event) => event.key === "Escape" && toggle(mark));
    box.append(...(mark.matches(terms) ? meaningOf(mark) : sourcesOf(mark)), close);
    if (place.tagName === "LI") place.append(box);
    else place.after(box);
    close.focus({ preventScroll: true });
    box.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener(
    "click",
    (event) => {
      const mark = event.target.closest?.(`${marks}, ${terms}`);
      if (!mark || following || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      toggle(mark);
    },
    true,
  );
};
