/* Forms and explorers of the reading site. What is written is kept in this browser alone. */
"use strict";

const store = {
  get(key) { try { return JSON.parse(localStorage.getItem(`samarkand.${key}`)); } catch { return null; } },
  set(key, value) {
    try { localStorage.setItem(`samarkand.${key}`, JSON.stringify(value)); return ""; }
    catch { return " This browser keeps nothing: it is lost when the page is closed."; }
  },
};

function make(tag, text = "", more = {}) {
  const made = Object.assign(document.createElement(tag), more);
  if (text) made.textContent = text;
  return made;
}

function reply() { return make("div", "", { className: "sam-reply", role: "status" }); }

function say(place, text, kind = "") { place.className = `sam-reply ${kind}`; place.textContent = text; }

function choices(name, texts, type) {
  return texts.map((text, value) => {
    const label = make("label");
    label.append(make("input", "", { type, name, value }), make("span", text));
    return label;
  });
}

function chosen(box) { return [...box.querySelectorAll("input:checked")].map((input) => Number(input.value)); }

function quiz(box, asked) {
  const many = asked.options.filter((option) => !option.hint).length > 1;
  const set = make("fieldset"), told = reply(), button = make("button", "Check my answer", { className: "sam", type: "button" });
  set.append(make("legend", asked.text + (many ? " (More than one may be right.)" : "")));
  set.append(...choices(box.dataset.id, asked.options.map((option) => option.text), many ? "checkbox" : "radio"));
  button.onclick = () => {
    const picked = chosen(box), wrong = picked.find((n) => asked.options[n].hint);
    const missing = asked.options.some((option, n) => !option.hint && !picked.includes(n));
    if (!picked.length) say(told, "Choose an answer first.");
    else if (wrong !== undefined) say(told, `Not yet. ${asked.options[wrong].hint}`, "wrong");
    else if (missing) say(told, `So far right, but not all yet: there is more to choose than ${picked.length}.`, "wrong");
    else say(told, `Yes. ${asked.why}`, "right");
  };
  box.append(set, button, told);
}

/* A number as people type it: blanks and commas between thousands, a comma or point before decimals. */
function number(text) {
  const bare = text.trim().replace(/[\s\u00a0\u202f%]/g, "").replace(/,(?=\d{3}(\D|$))/g, "").replace(",", ".");
  return bare === "" || Number.isNaN(Number(bare)) ? null : Number(bare);
}

function between(ask, see) {
  const cells = [];
  const last = see && see.closest("div.cell");
  for (let cell = ask.closest("div.cell"); cell && last && cell !== last;) {
    cell = cell.nextElementSibling;
    if (cell && cell !== last && cell.matches("div.cell")) cells.push(...cell.querySelectorAll(":scope > .cell_output"));
  }
  return cells;
}

/* Mark the fields that hold what cannot be, and go to the first of them. */
function refuse(fields, wrong) {
  const found = [...fields].filter(wrong);
  for (const field of fields) {
    if (found.includes(field)) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
  if (found.length) found[0].focus();
}

/* Who only reads sees all results, on every page, until she says otherwise. */
const READS = "reads";

function reading(page) {
  const box = make("p", "", { className: "sam-only" }), label = make("label");
  const tick = make("input", "", { type: "checkbox", checked: Boolean(store.get(READS)) });
  label.append(tick, document.createTextNode(" I only read: show all results"));
  tick.addEventListener("change", () => {
    store.set(READS, tick.checked);
    location.reload();
  });
  box.append(label);
  page.querySelector("h1").after(box);
}

function prediction(box, asked) {
  const keys = Object.keys(asked.options), id = box.dataset.id, key = `predict.${id}`;
  const see = document.querySelector(`.sam-see[data-id="${CSS.escape(id)}"]`), veiled = between(box, see);
  const set = make("fieldset"), told = reply();
  const save = make("button", "Save my prediction", { className: "sam", type: "button" });
  const skip = make("button", "Show the result", { className: "sam", type: "button" });
  set.append(make("legend", `What do you expect? ${asked.text}`));
  if (keys.length) set.append(...choices(id, Object.values(asked.options), "radio"));
  else for (const [field, text] of [["guess", `My guess${asked.unit ? ` (${asked.unit})` : ""}`], ["low", "From"], ["high", "To"]]) {
    const label = make("label", text);
    label.append(make("input", "", { name: field, inputMode: "decimal", size: 10 }));
    set.append(label);
  }
  const reveal = (expected) => {
    veiled.forEach((part) => part.classList.remove("sam-veiled"));
    if (!see) return;
    if (!expected) see.textContent = asked.sentences.none;
    else {
      const { guess, low, high } = expected, { result } = asked;
      const range = result > high ? "more" : result < low ? "less" : "held";
      const how = keys.length ? (guess === result ? "right" : "other") : range;
      const words = keys.length ? asked.options[guess] : `${guess}, from ${low} to ${high}`;
      see.textContent = asked.sentences[how].replace("{expected}", () => words);
    }
  };
  const old = store.get(key);
  if (old) { reveal(old); say(told, "You have saved a prediction."); }
  else if (store.get(READS)) reveal(null);
  else veiled.forEach((part) => part.classList.add("sam-veiled"));
  skip.onclick = () => reveal(store.get(key));
  save.onclick = () => {
    let expected;
    if (keys.length) {
      const [pick] = chosen(box);
      refuse(box.querySelectorAll("input"), () => pick === undefined);
      if (pick === undefined) return say(told, "Choose one first, or skip this.");
      expected = { guess: keys[pick] };
    } else {
      const [guess, low, high] = ["guess", "low", "high"].map((field) => number(box.querySelector(`[name=${field}]`).value));
      const given = { guess, low, high };
      const fields = box.querySelectorAll("input");
      refuse(fields, (field) => given[field.name] === null);
      if (guess === null || low === null || high === null) return say(told, "Write three numbers: a guess, and where your range begins and ends.", "wrong");
      const within = low <= guess && guess <= high;
      refuse(fields, (field) => !within && field.name === "guess");
      if (!within) return say(told, "Your guess is outside your range.", "wrong");
      expected = given;
    }
    say(told, `Saved.${store.set(key, expected)} Now read on.`, "right");
    reveal(expected);
  };
  box.append(set, save, document.createTextNode(" "), skip, told);
}

function note(box, asked) {
  const key = `note.${box.dataset.id}`, told = reply();
  const label = make("label", asked.text), area = make("textarea", "", { rows: asked.lines });
  const save = make("button", "Save", { className: "sam", type: "button" }), then = make("div");
  label.append(area);
  area.value = store.get(key) || "";
  const unfold = () => { if (area.value.trim()) then.replaceChildren(...asked.then.map((text) => make("p", text.replace(/ ?\[[^\]]*\]/g, "")))); };
  unfold();
  save.onclick = () => { say(told, `Saved in this browser.${store.set(key, area.value)}`, "right"); unfold(); };
  box.append(label, save, told, then);
}

const waiting = new Map();

function explorer(box) {
  const script = make("script", "", { src: box.dataset.src });
  waiting.set(box.dataset.id, box);
  document.head.append(script);
}

window.samarkandExplorer = (id, data) => {
  const box = waiting.get(id), card = box.querySelector(".sam-card"), row = make("div", "", { className: "sam-controls" });
  const picks = data.controls.map((control) => {
    const label = make("label", `${control.label} `), pick = make("select");
    control.options.forEach((text, value) => pick.append(make("option", text, { value })));
    pick.selectedIndex = control.start;
    label.append(pick);
    row.append(label);
    return pick;
  });
  const draw = () => {
    const at = picks.reduce((sum, pick) => sum * pick.options.length + pick.selectedIndex, 0);
    card.innerHTML = data.cards[data.at[at]].replace(/style="(\d+)"/g, (_, n) => `style="${data.styles[n]}"`);
  };
  row.addEventListener("change", draw);
  card.before(row);
};

/* On paper nothing is folded. */
function unfold() {
  const folded = [...document.querySelectorAll(".bd-article details:not([open])")];
  folded.forEach((part) => { part.open = true; });
  addEventListener("afterprint", () => folded.forEach((part) => { part.open = false; }), { once: true });
}
addEventListener("beforeprint", unfold);

/* What only paper shows is fetched once the reader does something: the key for printing is enough. */
const later = [...document.querySelectorAll("img[data-later]")];
function fetchForPaper() {
  for (const one of later.splice(0)) one.src = one.dataset.later;
}
for (const event of ["keydown", "pointerdown", "wheel", "touchstart", "beforeprint"])
  addEventListener(event, fetchForPaper, { once: true, passive: true });

function start() {
  const kinds = { ".sam-quiz": quiz, ".sam-ask": prediction, ".sam-note": note };
  for (const [selector, build] of Object.entries(kinds))
    document.querySelectorAll(selector).forEach((box) => build(box, JSON.parse(box.querySelector("script").textContent)));
  const seen = new IntersectionObserver((entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => {
    seen.unobserve(entry.target);
    explorer(entry.target);
  }), { rootMargin: "600px" });
  document.querySelectorAll(".sam-explorer").forEach((box) => seen.observe(box));
  const article = document.querySelector("article.bd-article");
  if (article && document.querySelector(".sam-ask")) reading(article);
}

/* A line that searches the glossary in every script: what is typed without accents finds what has them. */
function search(page) {
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}|[ʻʼ'’]/gu, "").toLowerCase();
  const entries = [...page.querySelectorAll("section p")].map((entry) => [entry, plain(entry.textContent)]);
  const field = make("input", "", { type: "search" }), label = make("label", "Search, in any script: "), told = reply();
  label.append(field);
  field.addEventListener("input", () => {
    const wanted = plain(field.value.trim());
    entries.forEach(([entry, text]) => { entry.hidden = !text.includes(wanted); });
    page.querySelectorAll("section").forEach((part) => { part.hidden = ![...part.querySelectorAll("p")].some((entry) => !entry.hidden); });
    const found = entries.filter(([entry]) => !entry.hidden).length;
    say(told, wanted ? `${found} of ${entries.length} entries.` : "");
  });
  page.querySelector("section").before(label, told);
}

/* Who has no mouse scrolls what is broader than the page by the keyboard: only that is a stop of the Tab key. */
function reachWhatScrolls() {
  for (const box of document.querySelectorAll('.bd-article [style*="overflow-x: auto"]:not([role="region"]), .sam-card')) {
    const overflows = box.scrollWidth > box.clientWidth + 1;
    if (overflows) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}
new ResizeObserver(reachWhatScrolls).observe(document.body);
document.addEventListener("toggle", reachWhatScrolls, true);

start();
document.querySelectorAll("section#glossary").forEach(search);
/* The theme's arrows that unfold pages in the contents have no name for who cannot see them. */
document.querySelectorAll("summary").forEach((arrow) => { if (!arrow.textContent.trim()) arrow.setAttribute("aria-label", "Pages below this one"); });

/* The contents beside a page mark the section that is read: the last one whose heading has passed the top. */
function follow(links) {
  const parts = links.map((link) => [link, document.getElementById(decodeURIComponent(link.hash.slice(1)))]).filter(([, part]) => part);
  if (!parts.length) return;
  let waits = false;
  const mark = () => {
    waits = false;
    const passed = parts.filter(([, part]) => part.getBoundingClientRect().top < 0.3 * innerHeight);
    const [now] = passed.at(-1) || parts[0];
    for (const [link] of parts) {
      for (const one of [link, link.closest(".toc-entry")]) one?.classList.toggle("active", one.contains(now));
      if (link === now) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
  };
  addEventListener("scroll", () => { if (!waits) { waits = true; requestAnimationFrame(mark); } }, { passive: true });
  addEventListener("load", mark);
  mark();
}
/* The theme has a mark of its own, which sections that grow lead astray; without this name it finds no contents. */
const beside = document.getElementById("pst-page-toc-nav");
if (beside) {
  beside.id = "contents";
  follow([...beside.querySelectorAll("a")]);
}

samarkandMarks('sup a[href="#sources"]', '.bd-article a[href*="glossary.html#"][title]', () => document.querySelector('ol[aria-label="Sources"]'));
