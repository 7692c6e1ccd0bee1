/* The course's extension of JupyterLab, in the form in which JupyterLab loads any. It brings two style sheets: one for
   outputs, one for reading (lines of some 75 letters, and who published a source, at the keyboard's focus, too). It
   draws each chart as wide as its notebook, sets words in tables to the left, and a mark opens its sources, a term its
   meaning. What is stored stays as it is. */
"use strict";
(() => {
  const CHART = "application/vnd.vegalite.v5+json";
  const sheets = ["outputs.css", "text.css"].map((name) => new URL(name, document.currentScript.src).href);
  const marks = new URL("marks.js", document.currentScript.src).href;
  const pen = document.createElement("canvas").getContext("2d");
  let shared = {};

  /* Break a text into lines of so many pixels. */
  const broken = (text, room, font) => {
    pen.font = font;
    return String(text).split(/\s+/).reduce((lines, word) => {
      const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
      return lines.length && 1.03 * pen.measureText(longer).width <= room ? [...lines.slice(0, -1), longer] : [...lines, word];
    }, []);
  };

  /* Return the axes above the fields of a grid, and how broad a field is at least. */
  const fields = (view) =>
    view.layer.map(({ encoding }) => encoding).filter(({ x, y }) => y?.type === "nominal" && x?.type === "nominal" && x.sort).map(({ x }) => x);
  const column = (width) => (width < 424 ? 78 : 150);

  /* Return a chart of the course for a page of some width: its titles and names in lines, the
     figures of columns that are too narrow upright. */
  const fitted = (specification, width, plot) => {
    const chart = structuredClone(specification);
    const [view] = chart.vconcat;
    const family = chart.config.font;
    const room = width - 2 * chart.config.padding;
    view.width = plot;
    if (chart.usermeta.square) view.width = view.height = Math.min(plot, 420); /* both axes measure the same */
    view.title.text = broken(view.title.text, room, `bold 17px ${family}`);
    if (view.title.subtitle) view.title.subtitle = broken(view.title.subtitle, room, `13px ${family}`);
    chart.title.text = broken(chart.title.text, room - 30, `12px ${family}`);
    const named = view.layer.map((layer) => layer.encoding?.y).filter((y) => y?.type === "nominal" && y.sort && y.axis);
    const names = named[0]?.sort ?? [];
    const lines = names.map((name) => broken(name.replace(/^\d+\t/, ""), Math.max(75, 0.36 * room), `12px ${family}`));
    let most = Math.max(1, ...lines.map((one) => one.length));
    const label = `${JSON.stringify(Object.fromEntries(names.map((name, at) => [name, lines[at]])))}[datum.label]`;
    for (const y of named) Object.assign(y.axis, { labelExpr: label, labelLimit: room });
    const standing = view.layer.filter((layer) => layer.encoding?.x?.type === "nominal" && layer.encoding.x.sort);
    if (standing.length && plot < 34 * standing[0].encoding.x.sort.length)
      for (const { mark, encoding } of standing) {
        if (mark.type === "text") Object.assign(mark, { angle: 270, align: "left", baseline: "middle", dx: 4, dy: 0 });
        encoding.x.axis = { ...encoding.x.axis, labelAngle: 270 };
      }
    /* Names of axes that are longer than their axis would be cut, or leave a square no room. */
    for (const { encoding } of view.layer)
      for (const [axis, long] of [[encoding.x, room - 60], [encoding.y, Math.min(view.height, 420)]])
        if (typeof axis?.title === "string" && broken(axis.title, long, `12px ${family}`).length > 1)
          axis.title = broken(axis.title, long, `12px ${family}`);
    if (room < 400)
      for (const { mark, encoding, data } of view.layer.filter((layer) => layer.mark.type === "text")) {
        /* What stands beside its mark, in lines, may stand beside the last one: that room is kept free. */
        const field = encoding.text?.field;
        const said = (chart.datasets?.[data?.name] ?? []).filter((row) => field === "_label" && row._row);
        const own = said.map((row) => row._label.split(" · ").flatMap((part) => broken(part, 0.28 * room, `12px ${family}`)));
        said.forEach((row, at) => (row._label = own[at].join("\n")));
        if (said.length) mark.lineBreak = "\n";
        most = Math.max(most, ...own.map((rows) => rows.length));
        const wide = Math.max(0, ...own.flat().map((line) => pen.measureText(line).width));
        const right = chart.config.padding + wide + (mark.dx ?? 0);
        if (wide) chart.padding = { left: chart.config.padding, top: chart.config.padding, bottom: chart.config.padding, right };
      }
    /* The heads of a grid take turns where its columns are narrow. */
    for (const { axis, sort } of fields(view)) {
      const heads = sort.map((head) => head.split("\n").flatMap((part) => broken(part, column(width) - 6, `12px ${family}`)));
      const high = Math.max(...heads.map((head) => head.length));
      const filled = heads.map((head) => [...Array(high - head.length).fill(""), ...head]);
      const label = `${JSON.stringify(Object.fromEntries(sort.map((head, at) => [head, filled[at]])))}[datum.label]`;
      if (axis) Object.assign(axis, { labelExpr: label, labelPadding: 14 * high - 7, labelLimit: 0 });
    }
    if (most > 1) view.height = Math.max(view.height, names.length * (14 * most + 10));
    return chart;
  };

  /* Return the least width of a chart's plot: the fields of a grid are as broad as the words in them, and names in a square
     need room. */
  const least = ({ vconcat: [view], usermeta }, width) =>
    Math.max(usermeta.square ? 140 : 50, ...fields(view).map(({ sort }) => column(width) * sort.length));

  /* Draw charts of the course anew when the page has another width. */
  const fitting = (renderer) => {
    const draw = renderer.renderModel.bind(renderer);
    let model, drawn, queue;
    const fit = async () => {
      const width = renderer.node.clientWidth;
      if (width === drawn || !width) return;
      drawn = width;
      let plot = width;
      let left = -1; /* pixels that the chart leaves free: what stands beside its plot is known once it is drawn */
      for (let pass = 0; pass < 4 && (left < 0 || left > 6); pass++) {
        const data = { ...model.data, [CHART]: fitted(model.data[CHART], width, plot), "image/png": "stored" };
        await draw({ data, metadata: model.metadata });
        renderer.node.querySelector("summary")?.setAttribute("aria-label", "Save this chart as a picture");
        left = width - renderer.node.querySelector("svg").clientWidth;
        plot = Math.max(least(model.data[CHART], width), plot + left - 2);
      }
      renderer.node.classList.toggle("samarkand-wide", left < 0);
      renderer.node.tabIndex = left < 0 ? 0 : -1; /* so that keys scroll it */
    };
    const soon = () => (queue = (queue ?? Promise.resolve()).then(fit));
    const watch = new ResizeObserver(soon);
    renderer.renderModel = async (given) => {
      const ours = given.data[CHART]?.vconcat?.[0]?.layer && given.data[CHART].usermeta?.embedOptions;
      if (!ours || !given.data["image/png"]) await draw(given); /* JupyterLab stores a picture, and draws again */
      if (!ours) return;
      [model, drawn] = [given, undefined];
      watch.observe(renderer.node);
      await soon();
    };
    return renderer;
  };

  /* In tables of pandas, which sets all to the right, columns of words are set to the left. Counted from the last column:
     an index on two levels gives rows of different lengths. */
  const aligned = (renderer) => {
    const draw = renderer.renderModel.bind(renderer);
    const figure = /^[-+−–]?[\d.,\s]*(%|NaN|None|NaT|<NA>)?$/;
    renderer.renderModel = async (model) => {
      await draw(model);
      for (const table of renderer.node.querySelectorAll("table.dataframe")) {
        const column = (rows, at) => [...rows].map((row) => [...row.cells].at(-1 - at)).filter(Boolean);
        for (let at = 0; at < (table.tHead?.rows[0]?.cells.length ?? 0); at++) {
          const cells = column(table.tBodies[0].rows, at);
          const words = cells.some((cell) => !figure.test(cell.textContent.trim()));
          if (words) [...column(table.tHead.rows, at), ...cells].forEach((cell) => cell.classList.add("words"));
        }
      }
    };
    return renderer;
  };

  /* The list of sources is stored with the notebook: it is there before a cell has run, and before it is drawn. */
  const listOf = (tracker) => (mark) => {
    const panel = tracker?.find((one) => one.node.contains(mark));
    const lists = [];
    for (const cell of panel?.content.model?.cells ?? [])
      for (const output of cell.type === "code" ? cell.toJSON().outputs : []) {
        const markup = [output.data?.["text/html"] ?? ""].flat().join("");
        if (markup.startsWith("<ol aria-label")) lists.push(markup);
      }
    return new DOMParser().parseFromString(lists.at(-1) ?? "", "text/html").querySelector("ol");
  };

  const plugin = (registry, notebooks) => ({
    id: "samarkand:outputs",
    autoStart: true,
    requires: [registry],
    optional: notebooks ? [notebooks] : [],
    activate(app, rendermime, tracker) {
      app.restored.then(() => window.innerWidth < 900 && app.shell.collapseLeft()); /* else it hides the lesson */
      app.started.then(() => {
        for (const [type, better] of [[CHART, fitting], ["text/html", aligned]]) {
          const factory = rendermime.getFactory(type);
          if (factory) rendermime.addFactory({ ...factory, createRenderer: (how) => better(factory.createRenderer(how)) }, rendermime.getRank(type));
        }
      });
      const loaded = (href) =>
        new Promise((done) => {
          const link = { rel: "stylesheet", href, onload: done, onerror: done };
          document.head.append(Object.assign(document.createElement("link"), link));
        });
      const script = new Promise((done) => {
        document.head.append(Object.assign(document.createElement("script"), { src: marks, onload: done, onerror: done }));
      });
      const text = ".jp-RenderedMarkdown";
      const [mark, term] = [`${text} sup a[href$="#Sources"]`, `${text} a[href*="99_glossary.ipynb"][title]`];
      script.then(() => globalThis.samarkandMarks?.(mark, term, listOf(tracker)));
      return Promise.all([script, ...sheets.map(loaded)]);
    },
  });

  (window._JUPYTERLAB ??= {}).samarkand = {
    init(scope) {
      shared = scope;
    },
    async get() {
      const rendermime = (await Object.values(shared["@jupyterlab/rendermime"])[0].get())();
      const notebook = await Object.values(shared["@jupyterlab/notebook"] ?? {})[0]?.get();
      return () => ({ __esModule: true, default: plugin(rendermime.IRenderMimeRegistry, notebook?.().INotebookTracker) });
    },
  };
})();
