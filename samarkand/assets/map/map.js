/* What a map of the course does inside its frame; it needs Leaflet (L) and nothing else.
   A page calls samarkand.shapes(...) for each layer and samarkand.start(map, spec) once. */
"use strict";
const samarkand = (() => {
  /* The theme of the page around the frame; a browser may tell the frame only what the system prefers. */
  const themed = () => {
    const scheme = getComputedStyle(frameElement).colorScheme;
    document.documentElement.style.colorScheme = scheme === "normal" ? "light" : scheme;
  };
  let frame = null;
  try {
    themed();
    frame = frameElement;
    frameElement.previousElementSibling?.setAttribute("aria-hidden", "true"); // the still picture below this frame
    const attributeFilter = ["style", "class", "data-jp-theme-light", "data-theme"];
    for (const around of [parent.document.documentElement, parent.document.body])
      new MutationObserver(themed).observe(around, { attributes: true, attributeFilter });
  } catch {
    /* a page of its own, or one that may not look at its parent: the browser decides */
  }

  const elements = new Map(); // id -> every path that shows it
  const anchors = new Map(); // id -> where its name stands, [y, x]
  const runs = []; // lines that no name may be struck by, [y, x] point by point

  /* Shapes come as [id, class, kind, numbers]; numbers are differences, x before y, so that they are short. */
  function points(numbers) {
    const out = [];
    for (let i = 0, x = 0, y = 0; i < numbers.length; i += 2) {
      x += numbers[i];
      y += numbers[i + 1];
      out.push([y, x]);
    }
    return out;
  }

  function shapes(list, pane) {
    const group = L.layerGroup();
    const make = {
      area: (n, o) => L.polygon(n.map((rings) => rings.map(points)), o),
      line: (n, o) => L.polyline(n.map(points), o),
      dot: (n, o) => L.circleMarker(points(n)[0], { ...o, radius: n[2] }),
    };
    group.onAdd = function (map) {
      if (!map.getPane(pane)) map.createPane(pane).style.zIndex = 300 + Object.keys(map.getPanes()).length;
      const renderer = L.svg({ pane, padding: 0.5 });
      for (const [id, style, kind, numbers] of list) {
        const smoothFactor = kind === "line" ? 0 : 0.6;
        const options = { className: style, pane, renderer, smoothFactor, interactive: id !== "" };
        const layer = make[kind](numbers, options).addTo(map);
        if (kind === "line" && id) runs.push(...numbers.map(points));
        if (style === "stop") runs.push([points(numbers)[0]]);
        const path = layer.getElement();
        if (!path) continue;
        path.dataset.id = id;
        if (id) elements.set(id, [...(elements.get(id) || []), path]);
        if (!anchors.has(id)) anchors.set(id, layer.getCenter ? layer.getCenter() : layer.getLatLng());
      }
    };
    return group;
  }

  function make(tag, ...children) {
    const node = document.createElement(tag);
    node.append(...children.filter(Boolean));
    return node;
  }

  function svg(tag, attributes) {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  }

  function start(map, spec) {
    const $ = (id) => document.getElementById(id);
    const range = $("range");
    const choices = document.querySelectorAll(".choices button");
    const box = map.getContainer();
    const phone = matchMedia("(max-width: 419px)");
    const high = frame && frame.style.minHeight;
    let step = spec.step;
    let moved = false;
    let halt = () => {};

    /* ---- what a step shows ---- */
    const watched = []; // [element, states over the steps, state shown]
    const letter = (id, at = step) => (spec.status[id] || "")[at] || "-";
    const fresh = (id) => step > 0 && letter(id) !== "-" && letter(id, step - 1) !== letter(id);
    const word = (id) => spec.says[letter(id)] || "";
    const note = (id) => {
      const [name, , about] = spec.names[id];
      const now = [word(id), about].filter(Boolean).join("; ");
      return now ? `${name}: ${now}` : name;
    };
    for (const [id, states] of Object.entries(spec.status))
      for (const path of elements.get(id) || []) watched.push([path, states, ""]);

    function show() {
      if (range) step = +range.value;
      for (const one of watched) {
        const now = one[1][step];
        if (now === one[2]) continue;
        one[2] = now;
        one[0].dataset.s = now;
        if (one[0].getAttribute("role") === "option") one[0].setAttribute("aria-label", note(one[0].dataset.id));
      }
      for (const { id, g } of spec.news ? labels : []) g.classList.toggle("new", fresh(id));
      for (const choice of choices) choice.setAttribute("aria-pressed", choice.value === `${step}`);
      write();
    }

    function write() {
      const [label, say, more, events, title] = spec.steps[step];
      $("title").textContent = title || spec.title;
      const prefix = say.startsWith(label + ": ") ? label + ": " : ""; // the large figure above says it already
      $("step").textContent = label;
      $("say").firstChild.textContent = prefix;
      $("say").lastChild.textContent = say.slice(prefix.length);
      $("more").textContent = more;
      if (range) range.setAttribute("aria-valuetext", label);
      const told = events.map(([text, small]) => make("li", text, small && make("small", small)));
      told.forEach((one, i) => one.style.setProperty("--n", Number.parseFloat(events[i][1]) || 0)); // for a bar
      if ($("events")) $("events").replaceChildren(...told);
      count();
      /* On a telephone the frame is as high as what it holds. */
      if (frame) frame.style.minHeight = phone.matches ? `${document.body.offsetHeight}px` : high;
    }

    /* In one column the map gets what the texts leave: keep room for the longest, or it would jump from step to step. */
    function reserve() {
      const parts = [...document.querySelectorAll(".top, .below")];
      const most = parts.map(() => 0);
      const kept = step;
      for (const part of parts) part.style.minHeight = "";
      if (getComputedStyle(document.querySelector("aside")).display !== "contents") return write();
      $("say").setAttribute("aria-live", "off");
      for (step = 0; step < spec.steps.length; step += 1) {
        write();
        parts.forEach((part, i) => (most[i] = Math.max(most[i], Math.ceil(part.getBoundingClientRect().height))));
      }
      step = kept;
      parts.slice(0, phone.matches ? 1 : 2).forEach((part, i) => (part.style.minHeight = `${most[i]}px`));
      write();
      $("say").setAttribute("aria-live", "polite");
    }

    /* The legend: how many bear each mark, and who; in bold who does so for the first time. */
    function count() {
      const groups = {};
      for (const id of Object.keys(spec.status)) {
        if (!spec.names[id]) continue;
        const code = letter(id);
        const group = (groups[code] ||= { count: 0, names: new Map() });
        const name = spec.names[id][1] || spec.names[id][0];
        group.count += 1;
        group.names.set(name, group.names.get(name) || (spec.news && fresh(id)));
      }
      for (const key of document.querySelectorAll(".key")) {
        const group = groups[key.dataset.key] || { count: 0, names: new Map() };
        const text = key.querySelector("p:not([data-fixed])");
        const number = key.querySelector(".count");
        const sorted = [...group.names].sort((a, b) => a[0].localeCompare(b[0], "en", { numeric: true }));
        key.hidden = !group.count && key.dataset.always === undefined;
        if (number) number.textContent = group.count;
        const named = sorted.flatMap(([name, bold], i) => [i ? ", " : "", bold ? make("b", name) : name]);
        if (text) text.replaceChildren(...named);
      }
    }

    /* ---- names: each where it stands alone; large ones first, others wait until there is room ---- */
    map.createPane("names");
    const sheet = svg("svg", { class: "names", "aria-hidden": "true" });
    map.getPane("names").appendChild(sheet);
    const labels = spec.labels.map(([id, text, x, y, size, dx, dy, style]) => {
      const g = svg("g", { class: style });
      const line = dx || dy ? g.appendChild(svg("line", {})) : null;
      const written = g.appendChild(svg("text", { "font-size": size }));
      written.textContent = text;
      sheet.appendChild(g);
      if (spec.status[id]) watched.push([g, spec.status[id], ""]);
      if (id && !style.includes("city") && spec.names[id]) anchors.set(id, L.latLng(y, x));
      const width = written.getComputedTextLength();
      const path = (elements.get(id) || [])[0];
      return { id, g, line, written, at: L.latLng(y, x), size, dx, dy, width, path, style };
    });

    /* Where lines run, in the frame: a point every four pixels. */
    function struck() {
      const out = [];
      for (const way of runs) {
        let last = null;
        if (way.length === 1) {
          const { x, y } = map.latLngToContainerPoint(way[0]);
          out.push([x - 4, y], [x + 4, y], [x, y - 4], [x, y + 4]);
        }
        for (const at of way) {
          const p = map.latLngToContainerPoint(at);
          const far = last ? Math.ceil(p.distanceTo(last) / 4) : 0;
          for (let i = 1; i <= far; i += 1) out.push([last.x + ((p.x - last.x) * i) / far, last.y + ((p.y - last.y) * i) / far]);
          last = p;
        }
      }
      return out;
    }

    function place() {
      const view = map.getSize();
      const origin = map.containerPointToLayerPoint([0, 0]);
      /* What is below the buttons for the zoom is hidden: from the corner in which they are. */
      const [zoom, whole] = [map.zoomControl.getContainer(), box].map((one) => one.getBoundingClientRect());
      const low = zoom.top - whole.top > view.y / 2;
      const [top, foot] = low ? [zoom.top - whole.top - 4, view.y] : [0, zoom.bottom - whole.top + 4];
      const taken = [[0, top, zoom.right - whole.left + 2, foot]];
      const lines = struck();
      const dots = runs.filter((way) => way.length === 1).map((way) => map.latLngToContainerPoint(way[0]));
      const far = (r, { x, y }) => Math.hypot(Math.max(r[0] - x, 0, x - r[2]), Math.max(r[1] - y, 0, y - r[3]));
      const within = (r, x, y, by) => x > r[0] - by && x < r[2] + by && y > r[1] - by && y < r[3] + by;
      const others = (own) => dots.filter((dot) => dot.distanceTo(own) > 1);
      /* A name on the dot of another, or nearer to it than to its own, is read as that one's. */
      const misleads = (r, own) => others(own).some((dot) => within(r, dot.x, dot.y, 5) || far(r, dot) < far(r, own));
      /* Where no place is free of lines: the one with the least of them under it. */
      function leastStruck(offsets, rect, own, refused) {
        let best;
        let least = Infinity;
        for (const offset of offsets) {
          const r = rect(offset);
          if (refused(r, own)) continue;
          const under = lines.filter(([x, y]) => within(r, x, y, 1)).length;
          if (under < least) [best, least] = [offset, under];
        }
        return best;
      }
      const named = labels.some((one) => one.style === "leg"); // beside lines with names, others give way to them
      for (const one of labels) {
        const p = map.latLngToContainerPoint(one.at);
        const beside = /city|leg/.test(one.style);
        const room = one.path && !beside ? one.path.getBBox() : { width: 0, height: 0 };
        const fits = room.width > one.width * 1.25 && room.height > one.size * 1.6;
        const out = one.line && !fits && !beside;
        const away = out || beside;
        const turns = one.style.includes("near") ? [[1, 1]] : [[1, 1], [-1, 1], [1, -1], [-1, -1]];
        const tries = away ? turns.map(([u, v]) => [u * one.dx, v * one.dy]) : [[0, 0]];
        if (one.style.includes("city"))
          for (const [u, v] of [[0, 16], [0, -16], [10, 0], [-10, 0], [10, -11], [10, 11], [-10, -11], [-10, 11], [0, 21], [0, -21]]) tries.push([u, v]);
        /* Where a line would strike it, a name stands farther from its dot, or elsewhere within its state. */
        if (beside) for (const n of [1.5, 2, 2.5]) tries.push(...turns.map(([u, v]) => [u * n * one.dx, v * n * one.dy]));
        else if (!out)
          for (const [u, v] of [[0, -1.2], [0, 1.2], [-0.3, 0], [0.3, 0], [0, -2.4], [0, 2.4], [-0.6, 0], [0.6, 0]])
            if (room.height > 2.5 * Math.abs(v) * one.size && room.width > 2 * Math.abs(u) * one.width)
              tries.push([u * one.width, v * one.size, true]);
        const rect = ([dx, dy, within]) => {
          const left = within ? p.x + dx - one.width / 2 : dx < -6 ? p.x + dx - one.width - 3 : dx > 6 ? p.x + dx + 3 : p.x + dx - one.width / 2;
          return [left - 2, p.y + dy - one.size * 0.55, left + one.width + 2, p.y + dy + one.size * 0.55];
        };
        const free = (r) =>
          r[0] > 3 && r[1] > 3 && r[2] < view.x - 3 && r[3] < view.y - 3 &&
          taken.every((t) => r[0] > t[2] || r[2] < t[0] || r[1] > t[3] || r[3] < t[1]);
        const clear = (r) => lines.every(([x, y]) => x < r[0] - 3 || x > r[2] + 3 || y < r[1] - 3 || y > r[3] + 3);
        const open = tries.filter((offset) => free(rect(offset)));
        let chosen = open.find((offset) => clear(rect(offset)) && !misleads(rect(offset), p));
        if (!chosen && (beside || !named)) chosen = leastStruck(open, rect, p, misleads);
        if (!chosen && beside && !one.style.includes("small")) chosen = leastStruck(open, rect, p, (r) => far(r, p) > 9);
        one.g.style.display = chosen ? "" : "none";
        if (!chosen) continue;
        const [dx, dy] = chosen;
        const taking = rect(chosen);
        const left = taking[0] + 2;
        const middle = p.y + dy;
        taken.push(taking);
        one.written.setAttribute("x", (left + one.width / 2 + origin.x).toFixed(1));
        one.written.setAttribute("y", (middle + one.size * 0.35 + origin.y).toFixed(1));
        one.g.classList.toggle("inside", !out && !beside);
        if (one.line) {
          one.line.style.display = out && Math.hypot(dx, dy) > 9 ? "" : "none";
          one.line.setAttribute("x1", (p.x + origin.x).toFixed(1));
          one.line.setAttribute("y1", (p.y + origin.y).toFixed(1));
          one.line.setAttribute("x2", (p.x + dx + origin.x).toFixed(1));
          const edge = dy < -6 ? one.size * 0.5 : dy > 6 ? -one.size * 0.5 : 0;
          one.line.setAttribute("y2", (middle + edge + origin.y).toFixed(1));
        }
      }
      ring();
    }

    /* ---- one tab stop; arrow keys go from state to state; hover and focus say what it is ---- */
    const tip = box.appendChild(document.createElement("div"));
    tip.id = "tip";
    const options = Object.keys(spec.names)
      .filter((id) => elements.has(id))
      .sort((a, b) => (spec.names[a][0] < spec.names[b][0] ? -1 : 1));
    const halo = svg("path", { class: "halo", "aria-hidden": "true" });
    const edge = svg("path", { class: "ring", "aria-hidden": "true" });
    const spot = (id) => map.latLngToContainerPoint(anchors.get(id));
    const shown = (id) => elements.get(id)[0];
    let current = null;

    function ring() {
      const d = current ? shown(current).getAttribute("d") : "";
      halo.setAttribute("d", d);
      edge.setAttribute("d", d);
      if (current && tip.style.visibility === "visible" && !pointer) point(spot(current));
    }
    let pointer = false;
    function point(p) {
      const view = map.getSize();
      const x = Math.max(4, Math.min(p.x + 14, view.x - tip.offsetWidth - 4));
      const below = p.y + 16 + tip.offsetHeight < view.y;
      const y = below ? p.y + 16 : Math.max(4, p.y - tip.offsetHeight - 12);
      tip.style.transform = `translate(${Math.round(x)}px,${Math.round(y)}px)`;
    }
    function tell(id, p) {
      if (id !== current) {
        current = id;
        const [name, , about] = spec.names[id];
        card(id);
        tip.replaceChildren(make("b", name), ...[word(id), about].filter(Boolean).map((row) => make("i", row)));
        shown(id).parentNode.append(halo, edge);
        ring();
      }
      tip.style.visibility = "visible";
      point(p);
    }
    function card(id) {
      if (!$("card") || !spec.names[id] || !spec.names[id][3].length) return;
      const [name, , , rows] = spec.names[id];
      const told = rows.flatMap(([what, text, lang]) => [make("dt", what), Object.assign(make("dd", text), { lang })]);
      $("card").replaceChildren(make("dt", name), ...told);
    }
    function hush() {
      current = null;
      pointer = false;
      tip.style.visibility = "hidden";
      ring();
      const focused = document.activeElement;
      if (focused.getAttribute("role") === "option") tell(focused.dataset.id, spot(focused.dataset.id));
    }
    box.addEventListener("pointermove", (event) => {
      const id = event.target.dataset && event.target.dataset.id;
      if (!id || !spec.names[id]) return pointer ? hush() : undefined;
      const frame = box.getBoundingClientRect();
      pointer = true;
      tell(id, { x: event.clientX - frame.left, y: event.clientY - frame.top });
    });
    box.addEventListener("pointerleave", () => pointer && hush());

    function choose(id) {
      for (const one of options) shown(one).tabIndex = one === id ? 0 : -1;
    }
    function go(id) {
      choose(id);
      const p = spot(id);
      const view = map.getSize();
      const out = p.x < 20 || p.y < 20 || p.x > view.x - 20 || p.y > view.y - 20;
      if (out) map.panTo(anchors.get(id), { animate: false });
      shown(id).focus({ preventScroll: true });
    }
    /* The nearest state that way; one that lies squarely there comes before one that lies aslant. */
    function neighbour(id, dx, dy) {
      const from = spot(id);
      const me = shown(id).getBBox();
      const apart = (a, b, side, size) => Math.max(0, a[side] - b[side] - b[size], b[side] - a[side] - a[size]);
      let best = id;
      let least = Infinity;
      for (const other of options) {
        const p = spot(other);
        const along = (p.x - from.x) * dx + (p.y - from.y) * dy;
        if (other === id || along < 2) continue;
        const it = shown(other).getBBox();
        const gap = dx ? apart(me, it, "y", "height") : apart(me, it, "x", "width");
        const across = Math.abs((p.x - from.x) * dy) + Math.abs((p.y - from.y) * dx);
        const far = along + 2 * gap + 0.4 * across;
        if (gap < 2 * along && far < least) [best, least] = [other, far];
      }
      return best;
    }
    function zoom(id, by) {
      moved = true;
      map.setZoomAround(anchors.get(id), map.getZoom() + by, { animate: false });
    }
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    function press(event) {
      const id = event.target.dataset.id;
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      let next = null;
      if (ways[event.key]) next = neighbour(id, ...ways[event.key]);
      else if (event.key === "Home") next = options[0];
      else if (event.key === "End") next = options[options.length - 1];
      else if ("+-".includes(event.key)) zoom(id, event.key === "+" ? 0.5 : -0.5);
      else if (event.key === "Escape") tip.style.visibility = "hidden";
      else if (/^\p{L}$/u.test(event.key)) {
        const turned = [...options.slice(options.indexOf(id) + 1), ...options];
        next = turned.find((one) => spec.names[one][0].toLowerCase().startsWith(event.key.toLowerCase()));
      } else return;
      event.preventDefault();
      event.stopPropagation();
      if (next) go(next);
    }
    for (const frame of box.querySelectorAll(".leaflet-pane > svg:not(.names)")) {
      const mine = options.filter((id) => frame.contains(shown(id)));
      if (!mine.length) {
        frame.setAttribute("aria-hidden", "true");
        continue;
      }
      frame.setAttribute("role", "listbox");
      frame.setAttribute("aria-label", spec.list);
      for (const path of frame.querySelectorAll("path")) path.setAttribute("aria-hidden", "true");
      for (const id of mine) {
        const path = shown(id);
        path.removeAttribute("aria-hidden");
        path.setAttribute("role", "option");
        path.setAttribute("aria-label", note(id));
        path.setAttribute("aria-selected", "false");
        path.addEventListener("keydown", press);
        path.addEventListener("focus", () => {
          pointer = false;
          box.classList.add("at");
          path.setAttribute("aria-selected", "true");
          choose(id);
          tell(id, spot(id));
        });
        path.addEventListener("blur", () => {
          path.setAttribute("aria-selected", "false");
          box.classList.remove("at");
          hush();
        });
      }
    }
    if (options.length) choose(options.includes(spec.first) ? spec.first : options[0]);

    /* ---- the frame ---- */
    if (matchMedia("(pointer: coarse)").matches) map.dragging.disable(); // one finger scrolls the page, two move the map
    const fit = () => map.fitBounds(spec.bounds, { animate: false });
    const whole = L.DomUtil.create("a", "", map.zoomControl.getContainer());
    Object.assign(whole, { href: "#", title: "Whole map", textContent: "\u21ba" });
    whole.setAttribute("role", "button");
    whole.setAttribute("aria-label", "Show the whole map");
    L.DomEvent.disableClickPropagation(whole);
    whole.addEventListener("click", (event) => {
      event.preventDefault();
      moved = false;
      fit();
    });
    for (const button of box.querySelectorAll(".leaflet-control-zoom > :not(:last-child)"))
      button.addEventListener("click", () => (moved = true));
    map.on("dragstart", () => (moved = true));
    map.on("zoomstart", () => box.classList.add("zooming"));
    map.on("zoomend moveend", () => {
      box.classList.remove("zooming");
      place();
    });
    let width = 0;
    new ResizeObserver(() => {
      if (width !== innerWidth) reserve();
      width = innerWidth;
      map.invalidateSize({ animate: false, pan: false });
      if (!moved) fit();
      place();
    }).observe(box);
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", spec.title);

    /* ---- the map as a table, and both to be saved ---- */
    const sorted = () => Object.keys(spec.names).sort((a, b) => (spec.names[a][0] < spec.names[b][0] ? -1 : 1));
    const save = (blob, ending) => {
      const name = spec.title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");
      const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name + ending });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    };
    $("data").setAttribute("aria-label", spec.title);
    $("as-table").addEventListener("click", () => {
      const rows = sorted().filter((id) => word(id) || spec.names[id][2]);
      const cells = rows.map((id) => make("tr", make("th", spec.names[id][0]), make("td", word(id)), make("td", spec.names[id][2])));
      $("data").querySelector("caption").textContent = [spec.steps[step][0], spec.steps[step][4] || spec.title].filter(Boolean).join(": ");
      $("data").querySelector("tbody").replaceChildren(...cells);
      halt(); // else the map goes on behind its table
      $("data").showModal();
    });
    $("as-csv").addEventListener("click", () => {
      const quoted = (text) => `"${String(text).replaceAll('"', '""')}"`;
      const states = (id) => spec.steps.map((_, at) => spec.says[letter(id, at)] || "");
      const rows = sorted().map((id) => [spec.names[id][0], ...states(id), spec.names[id][2]]);
      const lines = [["name", ...spec.steps.map((one) => one[0] || "status"), "about"], ...rows].map((row) => row.map(quoted).join(","));
      save(new Blob([lines.join("\n")], { type: "text/csv" }), ".csv");
    });
    /* As a picture: the page as it is, its styles with it, in a drawing that a canvas can hold. */
    $("as-png").addEventListener("click", async () => {
      const look = getComputedStyle(document.documentElement).colorScheme;
      const [width, height] = [innerWidth, innerHeight];
      const drawing = svg("svg", { width, height, style: `color-scheme:${look}` });
      const inside = drawing.appendChild(svg("foreignObject", { width, height }));
      if (range) range.setAttribute("value", range.value);
      const page = inside.appendChild(document.body.cloneNode(true));
      for (const one of page.querySelectorAll("script, #data, #tip")) one.remove();
      const styles = [...document.querySelectorAll("style")].map((one) => one.textContent);
      page.prepend(make("style", ...styles, ".get,.time button,.leaflet-control-container{visibility:hidden}"));
      const text = encodeURIComponent(new XMLSerializer().serializeToString(drawing));
      const image = Object.assign(new Image(), { src: `data:image/svg+xml,${text}` });
      await image.decode();
      const canvas = Object.assign(make("canvas"), { width: 2 * width, height: 2 * height });
      const pen = canvas.getContext("2d");
      pen.scale(2, 2);
      pen.drawImage(image, 0, 0);
      canvas.toBlob((blob) => save(blob, ".png"));
    });

    /* ---- steps that do not follow one another have a button each ---- */
    for (const choice of choices)
      choice.addEventListener("click", () => {
        range.value = choice.value;
        show();
      });

    /* ---- time ---- */
    if (range) {
      const button = $("play");
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      let clock = 0;
      /* A step on which nothing changes is soon over. */
      const told = ([label, say, , events]) => JSON.stringify([say.replace(label, ""), events]);
      const turns = spec.steps.map(
        (at, i) =>
          !i || at[2] || told(at) !== told(spec.steps[i - 1]) ||
          Object.values(spec.status).some((states) => states[i] !== states[i - 1]),
      );
      const lasts = () => spec.pace * (calm ? 2 : 1) * (turns[step] ? 1 : 0.25);
      const stop = () => {
        clearTimeout(clock);
        clock = 0;
        button.dataset.on = "";
        button.querySelector("span").textContent = "Play";
        button.querySelector("path").setAttribute("d", "M0 0l11 6-11 6z");
        $("say").setAttribute("aria-live", "polite");
      };
      halt = () => clock && stop();
      const next = () => {
        range.value = +range.value + 1;
        show();
        if (+range.value >= +range.max) return stop();
        clock = setTimeout(next, lasts());
      };
      if (button) button.addEventListener("click", () => {
        if (clock) return stop();
        if (+range.value >= +range.max) range.value = range.min;
        $("say").setAttribute("aria-live", "off");
        button.querySelector("span").textContent = "Pause";
        button.querySelector("path").setAttribute("d", "M0 0h4v12H0zM7 0h4v12H7z");
        show();
        clock = setTimeout(next, lasts());
      });
      range.addEventListener("input", () => {
        if (clock) stop();
        show();
      });
    }
    show();
    card(spec.first);
    fit();
    place();
    document.documentElement.dataset.ready = "";
  }
  return { shapes, start };
})();
