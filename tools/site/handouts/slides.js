// Keys: arrows, Page and Space turn slides; r shows what came of a question; n shows the teacher's notes.
const slides = [...document.querySelectorAll("section")];
const steps = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 };

function current() {
  return slides.findIndex(slide => slide.getBoundingClientRect().bottom > 10);
}

function turn(event) {
  const typing = event.target.closest?.("input, textarea") || (event.key === " " && event.target.closest?.("button"));
  // In a field the arrows and Space are the field's own; Page keys, which a remote sends, always turn.
  if (event.ctrlKey || event.metaKey || event.altKey || (typing && !event.key.startsWith("Page"))) return;
  const step = steps[event.key];
  const slide = slides[current()];
  if (step) {
    event.preventDefault();
    event.stopImmediatePropagation();
    slides[Math.max(0, Math.min(slides.length - 1, current() + step))].scrollIntoView();
  } else if (event.key === "r") {
    reveal(slide);
  } else if (event.key === "n") {
    for (const note of document.querySelectorAll("section > aside")) note.hidden = !note.hidden;
  }
}

addEventListener("keydown", turn);

// After a click into a map the keys go to its frame.
function listenInFrame(frame) {
  const within = frame.contentWindow;
  within.addEventListener("keydown", turn, true);
  const find = (parts) => [...frame.contentDocument.querySelectorAll(parts)];
  // On the dot of another, a name would be read as that one's: it is rather left out.
  const separateNames = () => separate(find(".names text"), find("path.stop").map(dot => dot.getBoundingClientRect()), true);
  for (const name of ["click", "input", "resize"]) within.addEventListener(name, () => setTimeout(separateNames, 400));
  setTimeout(separateNames, 400);
}

// Large letters need other room than on the page: a name that lies on another one moves, or else is left out. It lies
// on no point or line of the chart either, as long as one of the places around it is free.
function separate(texts, marks = [], strictly = false) {
  const placed = [];
  const size = text => parseFloat(getComputedStyle(text).fontSize);
  const apart = (box, other) => box.right <= other.left || box.left >= other.right || box.bottom <= other.top + 2 || box.top >= other.bottom - 2;
  for (const text of texts.sort((a, b) => size(b) - size(a))) {
    text.style.translate = "";
    text.style.visibility = "";
    if (!text.getBoundingClientRect().width) continue;
    const height = text.getBBox().height;
    const width = text.getBBox().width;
    const tries = [[0, 0], [0, -1], [0, 1], [0.5, 0], [-0.5, 0], [0.5, -1], [-0.5, -1], [0.5, 1], [-0.5, 1], [0, -2], [0, 2]];
    const frame = text.ownerSVGElement.getBoundingClientRect();
    const fits = ([right, down], within) => {
      text.style.translate = `${right * width}px ${down * height}px`;
      const box = text.getBoundingClientRect();
      if (!within) return placed.every(other => apart(box, other));
      const letters = { left: box.left, right: box.right, top: box.top + 0.2 * height, bottom: box.bottom - 0.2 * height };
      const inside = strictly || box.left >= frame.left && box.right <= frame.right && box.top >= frame.top - 2 && box.bottom <= frame.bottom;
      return inside && [...placed, ...marks].every(other => apart(letters, other));
    };
    if ((marks.length && tries.some(step => fits(step, true))) || (!(marks.length && strictly) && tries.some(step => fits(step, false)))) placed.push(text.getBoundingClientRect());
    else text.style.visibility = "hidden";
  }
}

// The places that points and lines of a chart take, in pixels of the screen.
function listMarks(chart) {
  const boxes = [...chart.querySelectorAll(".mark-symbol path")].map(mark => mark.getBoundingClientRect());
  for (const line of chart.querySelectorAll(".mark-line path")) {
    const scale = line.getScreenCTM();
    for (let along = 0; along <= line.getTotalLength(); along += 8) {
      const { x, y } = line.getPointAtLength(along).matrixTransform(scale);
      boxes.push({ left: x - 2, right: x + 2, top: y - 4, bottom: y + 4 });
    }
  }
  return boxes;
}
for (const frame of document.querySelectorAll("iframe")) {
  frame.addEventListener("load", () => listenInFrame(frame));
  if (frame.contentDocument?.readyState === "complete" && frame.contentDocument.querySelector(".names")) listenInFrame(frame);
}
for (const chart of document.querySelectorAll("figure svg")) separate([...chart.querySelectorAll(".mark-text.role-mark text")], listMarks(chart));

function reveal(slide) {
  const result = slide.querySelector(".result");
  if (!result) return;
  result.hidden = !result.hidden;
  slide.classList.toggle("revealed", !result.hidden);
  slide.querySelector(".tally")?.dispatchEvent(new Event("draw"));
}

function add(parent, name, text = "") {
  const made = parent.appendChild(document.createElement(name));
  made.textContent = text;
  return made;
}

// The room's votes for each option: nobody's name, nothing is kept.
function countVotes(slide, box, asked) {
  const rows = [...slide.querySelectorAll("ol > li")].map((row, number) => {
    const cast = add(row, "span");
    const less = add(cast, "button", "−");
    const more = add(cast, "button", "+");
    const count = add(cast, "output", "0");
    const bar = add(cast, "span");
    cast.className = "cast";
    bar.className = "bar";
    less.ariaLabel = `one less for option ${number + 1}`;
    more.ariaLabel = `one more for option ${number + 1}`;
    const votes = { row, count, bar, n: 0 };
    for (const [button, step] of [[less, -1], [more, 1]]) {
      button.addEventListener("click", () => {
        votes.n = Math.max(0, votes.n + step);
        draw();
        button.blur();
      });
    }
    return votes;
  });
  function draw() {
    const most = Math.max(10, ...rows.map(votes => votes.n));
    rows.forEach((votes, number) => {
      votes.count.textContent = votes.n;
      votes.bar.style.width = `${(20 * votes.n) / most}vw`;
      votes.row.classList.toggle("right", slide.classList.contains("revealed") && asked.right.includes(number));
    });
  }
  box.addEventListener("draw", draw);
  draw();
}

// The numbers that the room guesses, as dots; the recorded one is a line, once it is shown.
function plotGuesses(slide, box, asked) {
  const field = add(box, "input");
  field.placeholder = `what the room guesses, such as 6; 3; 0.5${asked.unit ? ` (${asked.unit})` : ""}`;
  field.ariaLabel = "what the room guesses, numbers with semicolons or spaces between them";
  const dots = add(box, "div");
  function draw() {
    const guesses = field.value.split(/[;\s]+/).map(word => Number(word.replace(",", "."))).filter((n, at, all) => Number.isFinite(n) && field.value.trim());
    const shown = slide.classList.contains("revealed");
    dots.className = guesses.length ? "dots" : "";
    dots.replaceChildren();
    if (!guesses.length) return;
    const all = shown ? [...guesses, asked.value] : guesses;
    const low = Math.min(0, ...all);
    const high = Math.max(...all) || 1;
    const place = number => `${2 + (96 * (number - low)) / (high - low || 1)}%`;
    const heights = {};
    for (const guess of guesses) {
      const dot = add(dots, "i");
      const column = Math.round((60 * (guess - low)) / (high - low || 1));
      dot.style.left = place(guess);
      dot.style.bottom = `${18 * (heights[column] = (heights[column] ?? -1) + 1)}px`;
    }
    for (const end of new Set([low, high])) add(dots, "span", `${end}`).style.left = place(end);
    if (shown) add(dots, "u").style.left = place(asked.value);
  }
  field.addEventListener("input", draw);
  field.addEventListener("keydown", event => { if (event.key === "Enter") field.blur(); });
  box.addEventListener("draw", draw);
}

for (const slide of slides.filter(slide => slide.dataset.tally)) {
  const asked = JSON.parse(slide.dataset.tally);
  const box = slide.querySelector(".tally");
  (asked.options ? countVotes : plotGuesses)(slide, box, asked);
}
