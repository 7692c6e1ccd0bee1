"""Take pictures of every map, chart and explorer, and hold them against those that somebody has looked at.

    python -m tools.lab.looks            take all, compare, and write build/looks/index.html
    python -m tools.lab.looks 03 07      only these lessons
    python -m tools.lab.looks --accept   store what that page shows

Taken is what the lessons store, each thing in a page of its own with the styles of JupyterLab and of the
course's extension, as it opens there: at three widths, light and dark, and on paper; a map also in a printed
page, and with a state in focus. Nothing is run and nothing changes its size, so nothing is on its way to
another look; a picture counts once the next one is the same. `tools.lab.alike` says how they are compared.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import html
import io
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from samarkand.course import drawn, lessons
from samarkand.ground.errors import CourseError
from samarkand.ground.home import ROOT
from tools.lab.alike import BLOCK, Fault, Look, compare
from tools.lab.browser import CHROMIUM, playwright, program
from tools.lab.server import LabError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

Media = Literal["screen", "print"]
STORED, TAKEN = ROOT / "tests" / "browser" / "looks", ROOT / "build" / "looks"
EXTENSION = ROOT / "settings" / "lab" / "labextension" / "static" / "remoteEntry.js"
PAPER_CSS = ROOT / "settings" / "lab" / "nbconvert" / "samarkand" / "paper.css"
THEMES = ("light", "dark")
#: Widths of an output in a JupyterLab that is 1400, 700 and 360 px wide, and on a sheet of A4.
WIDTHS, PAPER = (1220, 584, 244), 695
#: Larger than any of them.
WINDOW: ViewportSize = {"width": WIDTHS[0], "height": 3600}
#: A picture's side for one of the screen's; its quality as WebP: some 10 kB.
SCALE, QUALITY = 0.5, 50
#: What changes is drawn anew as a whole: where it met the rest, edges came out one way or another.
WHOLE = ("--disable-partial-raster",)
#: How often a picture is taken until it is the one before.
PATIENCE = 20
#: The writing of all pictures, wherever it is installed: other machines have another as their own.
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<match target="pattern"><edit name="family" mode="prepend_first" binding="strong">
<string>Liberation Sans</string></edit></match></fontconfig>"""

#: The page around a thing: what JupyterLab puts around an output.
PAGE = Template("""<!doctype html><html lang="en"><meta charset="utf-8">
<link rel="stylesheet" href="$jupyter/index.css"><link rel="stylesheet" href="$jupyter/theme-$theme.css">
<style>html, body { margin: 0; overflow: hidden; background: var(--jp-layout-color0); width: ${width}px; }
*, ::before, ::after { animation: none !important; transition: none !important; }
$more</style>
<body data-jp-theme-light="$light" style="color-scheme:$theme">
<div class="jp-OutputArea-child"><div class="jp-OutputArea-output $kind" id="output"></div></div>
<script>
const output = document.getElementById("output");
const next = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
/* As JupyterLab does; but a frame has its size before there is anything in it. */
const filled = async () => {
  output.innerHTML = $shown;
  await next();
  for (const frame of output.querySelectorAll("iframe"))
    await new Promise((done) => Object.assign(frame, { onload: done, srcdoc: frame.dataset.page }));
};
window.drawn = filled();
</script><script src="$extension"></script>$script""")
#: What of the library for charts a page is to find.
VEGA = "Object.assign(window, { vegaEmbed });"
#: Draws a chart as JupyterLab and the course's extension do; `drawn` waits for it.
CHART = Template("""<script src="vega.js"></script><script>
const bundle = { data: { "$mime": $specification, "image/png": "stored" }, metadata: {} };
const base = { node: output, async renderModel(model) {
  const place = document.createElement("div");
  this.node.replaceChildren(place);
  const options = { actions: true, defaultStyle: true, mode: "vega-lite", $theme };
  await vegaEmbed(place, model.data["$mime"], options);
} };
let factory = { createRenderer: () => base };
const registry = { getFactory: () => factory, addFactory: (made) => (factory = made), getRank: () => 0 };
const draw = async () => {
  await _JUPYTERLAB.samarkand.init({ "@jupyterlab/rendermime": { 1: { get: async () => () => ({}) } } });
  await (await _JUPYTERLAB.samarkand.get())().default.activate({ started: Promise.resolve() }, registry);
  await document.fonts.ready;
  await factory.createRenderer().renderModel(bundle);
};
window.drawn = draw();
</script>""")
#: Waits until all is there and drawn, and returns what tells the fonts.
SETTLED = """async () => {
    await window.drawn;
    for (const image of document.images) await image.decode();
    const ready = frame => 'ready' in frame.contentDocument.documentElement.dataset;
    for (const frame of document.querySelectorAll('iframe'))
        while (frame.checkVisibility() && !ready(frame)) await next();
    await document.fonts.ready;
    await next();
    const pen = document.createElement('canvas').getContext('2d');
    return ['system-ui', 'bold system-ui', 'Liberation Sans', 'serif', 'monospace'].map(font => {
        pen.font = font.replace(/(bold )?(.*)/, '$1 40px $2');
        return pen.measureText('Samarkand 2022, Қазақстан').width.toFixed(1);
    }).join(' ');
}"""
#: Words that can be seen in an element and in the frames within, and their boxes in pixels of the screen.
READ = """root => {
    const found = [], origin = root.getBoundingClientRect();
    const seen = {opacityProperty: true, visibilityProperty: true};
    const read = (node, left, top) => {
        const add = (words, kind, {x, y, width, height}) =>
            found.push([words, kind, x + left, y + top, width, height]);
        const walk = node.ownerDocument.createTreeWalker(node, NodeFilter.SHOW_TEXT);
        while (walk.nextNode()) {
            const text = walk.currentNode, holder = text.parentElement;
            const words = text.data.trim().replace(/\\s+/g, ' ');
            if (!words || /^(script|style|title|desc|option)$/i.test(holder.tagName)) continue;
            const range = node.ownerDocument.createRange();
            range.selectNodeContents(text);
            const box = range.getBoundingClientRect(), kind = holder.closest('svg') ? 'drawn' : 'page';
            if (holder.closest('.names g')?.style.display === 'none') add(words, 'waiting', box);
            else if (holder.checkVisibility(seen) && box.width > 1 && box.height > 1) add(words, kind, box);
        }
        for (const image of node.querySelectorAll('img'))
            if (image.checkVisibility(seen)) add(image.alt, 'drawn', image.getBoundingClientRect());
        for (const map of node.querySelectorAll('.folium-map')) add('', 'frame', map.getBoundingClientRect());
        for (const frame of node.querySelectorAll('iframe')) {
            const {x, y} = frame.getBoundingClientRect();
            if (frame.checkVisibility()) read(frame.contentDocument.body, left + x, top + y);
        }
    };
    read(root, -origin.x, -origin.y);
    return found;
}"""


class Thing(NamedTuple):
    """A map, a chart or an explorer: named by its cell, with its kind and what the lesson stores of it."""

    name: str
    kind: str
    data: Mapping[str, Any]

    @property
    def checksum(self) -> str:
        """What tells whether it is stored as it was when it was reviewed."""
        told = json.dumps([self.kind, self.data], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def things(path: Path) -> list[Thing]:
    """Return the maps, charts and explorers that a lesson stores, in order."""
    found: list[Thing] = []
    for cell in lessons.read(path).code:
        for output in cell.outputs:
            data = {kind: text for kind, text in output.get("data", {}).items() if kind != drawn.PNG}
            markup = data.get("text/html", "")
            kind = "chart" if drawn.VEGA_LITE in data else "map" if "<iframe" in markup else ""
            if not kind and markup and "explore." in cell.source:
                kind = "explorer"
            if kind:
                again = sum(one.name.split(".")[0] == cell.id for one in found)
                found.append(Thing(f"{cell.id}.{again}" if again else cell.id, kind, data))
    return found


# --------------------------------------------------------------------------------- taking


@cache
def vega() -> str:
    """Return the script that draws charts, of the version that JupyterLab has."""
    try:
        import vl_convert
    except ModuleNotFoundError:
        raise LabError("A chart cannot be drawn: vl_convert is missing. start.py test installs it.") from None
    return str(vl_convert.javascript_bundle(VEGA, drawn.VERSION))


class Studio:
    """A page of a Chromium, and the folder with what it shows."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        (folder / "vega.js").write_text(vega(), encoding="utf-8")
        self._file = folder / "page.html"
        # One window for all: while a picture is taken of more than a window shows, Chromium makes it larger,
        # and a map that has had another size for a moment is drawn otherwise.
        self._page = browser.new_page(reduced_motion="reduce", viewport=WINDOW)

    def take(self, thing: Thing) -> dict[str, Look]:
        """Return all looks of a thing, by what they are called."""
        looks = {}
        for width in WIDTHS:
            for theme in THEMES:
                page = self.show(thing, width, theme)
                looks[f"{width}-{theme}"] = look_at(page)
                if thing.kind == "map" and (width, theme) == (WIDTHS[1], "light"):
                    page.emulate_media(media="print")
                    looks["print"] = look_at(page)
                    page.emulate_media(media="screen")
                    page.frames[-1].press("[role=option][tabindex='0']", "r")  # Russia is large
                    looks["focus"] = look_at(page)
        if thing.kind != "chart":  # on paper a chart is a picture anyway
            looks["paper"] = look_at(
                self.show(thing, PAPER, more=PAPER_CSS.read_text("utf-8"), media="print")
            )
        return looks

    def show(
        self, thing: Thing, width: int, theme: str = "light", *, more: str = "", media: Media = "screen"
    ) -> Page:
        """Open the page of a thing, with more styles if there are any, on a screen or in print."""
        self._file.write_text(document(thing, width, theme, more), encoding="utf-8")
        self._page.emulate_media(media=media)
        self._page.goto(self._file.as_uri())
        return self._page


@contextlib.contextmanager
def studio() -> Iterator[Studio]:
    """Start a Chromium for pictures, and end it; `LabError` if there is none."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "fonts.conf").write_text(FONTS, encoding="utf-8")
        environment = os.environ | {"FONTCONFIG_FILE": str(folder / "fonts.conf")}
        browser = playwright().chromium.launch(
            executable_path=program(whole=True), args=[*CHROMIUM, *WHOLE], env=dict(environment)
        )
        try:
            yield Studio(browser, folder)
        finally:
            browser.close()


def document(thing: Thing, width: int, theme: str, more: str = "") -> str:
    """Return the page that shows a thing in a theme, as wide as so many pixels."""
    import jupyter_core.paths

    folders = map(Path, jupyter_core.paths.jupyter_path("nbconvert", "templates", "lab", "static"))
    styles = next(folder for folder in folders if folder.is_dir())
    shown, script, kind = thing.data.get("text/html", ""), "", "jp-RenderedHTMLCommon jp-RenderedHTML"
    if thing.kind == "chart":
        kind, shown = "jp-RenderedVegaCommon5 jp-RenderedVegaLite", ""
        script = CHART.substitute(
            mime=drawn.VEGA_LITE,
            specification=_in_script(thing.data[drawn.VEGA_LITE]),
            theme='theme: "dark"' if theme == "dark" else "",
        )
    return PAGE.substitute(
        {"jupyter": styles.as_uri(), "extension": EXTENSION.as_uri(), "theme": theme, "more": more},
        width=width,
        light=str(theme == "light").lower(),
        kind=kind,
        shown=_in_script(shown.replace(" srcdoc='", " data-page='")),
        script=script,
    )


def _in_script(value: object) -> str:
    return json.dumps(value).replace("</", "<\\/").replace("<!--", "<\\!--")


def look_at(page: Page) -> Look:
    """Take a picture of what a page shows once it stands still, and read it; `LabError` if it never does."""
    from PIL import Image

    fonts = page.evaluate(SETTLED)
    output = page.locator(".jp-OutputArea-child")
    box, taken = output.bounding_box(), [b""]
    if not box or box["height"] > WINDOW["height"]:
        raise LabError(f"{page.url} shows nothing, or more than the window has room for.")
    while len(taken) <= PATIENCE:
        taken.append(page.screenshot(clip=box))
        if taken[-1] == taken[-2]:
            break
    else:
        raise LabError(f"{page.url} does not stand still: {PATIENCE} pictures, each another one.")
    words = [(word, kind, *(round(v * SCALE) for v in box)) for word, kind, *box in output.evaluate(READ)]
    whole = Image.open(io.BytesIO(taken[-1])).convert("RGB")
    size = (max(BLOCK, round(whole.width * SCALE)), max(BLOCK, round(whole.height * SCALE)))
    body = io.BytesIO()
    whole.resize(size, Image.Resampling.BOX).save(body, "WebP", quality=QUALITY, method=6)
    return Look(body.getvalue(), words, fonts)


# --------------------------------------------------------------------------------- keeping


class Album(NamedTuple):
    """The looks of some things of a lesson: checksums of the things, and looks by thing and kind of look."""

    things: dict[str, str]
    looks: dict[str, Look]


def album(taking: Studio, chosen: Iterable[Thing]) -> Album:
    """Take all looks of things."""
    chosen = list(chosen)
    looks = {f"{thing.name}-{what}": look for thing in chosen for what, look in taking.take(thing).items()}
    return Album({thing.name: thing.checksum for thing in chosen}, looks)


def store(kept: Album, folder: Path) -> None:
    """Store an album: a picture for each look, and a file with the words of all."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, look in kept.looks.items():
        (folder / f"{name}.webp").write_bytes(look.webp)
    said = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))
    told = [f"{said(name)}:{said([look.fonts, look.words])}" for name, look in kept.looks.items()]
    text = f'{{"things": {json.dumps(kept.things)},\n"looks": {{\n' + ",\n".join(told) + "}}\n"
    (folder / "words.json").write_text(text, encoding="utf-8", newline="\n")


def stored(folder: Path) -> Album:
    """Return the album in a folder; an empty one if there is none."""
    if not folder.is_dir():
        return Album({}, {})
    told = json.loads((folder / "words.json").read_text(encoding="utf-8"))
    looks = {
        name: Look((folder / f"{name}.webp").read_bytes(), [tuple(word) for word in words], fonts)
        for name, (fonts, words) in told["looks"].items()
    }
    return Album(told["things"], looks)


def differences(before: Album, after: Album, gone: bool = True) -> dict[str, Fault]:
    """Return how looks differ from those that were reviewed, by their names; with those that are `gone`."""
    found = {name: Fault("it is gone") for name in before.looks if gone and name not in after.looks}
    for name, look in after.looks.items():
        known = before.looks.get(name)
        if fault := compare(known, look) if known else Fault("nobody has looked at it yet"):
            found[name] = fault
    return found


def page(found: Mapping[str, Mapping[str, Fault]]) -> str:
    """Return the page on what differs: before, after, and where. Its pictures lie beside it."""
    rows = []
    for lesson, faults in found.items():
        for name, fault in faults.items():
            sources = {
                "before": f"../../{STORED.relative_to(ROOT).as_posix()}/{lesson}/{name}.webp",
                "after": f"{lesson}/{name}.webp",
                "where": f"{lesson}/{name}.where.png",
            }
            cells = "".join(
                f'<td><img loading="lazy" alt="{alt}" src="{html.escape(source)}">'
                for alt, source in sources.items()
            )
            rows.append(f"<tr><th>{html.escape(f'{lesson}: {name}')}<p>{html.escape(fault.says)}</p>{cells}")
    style = (
        "body{font:15px sans-serif}th,td{text-align:left;vertical-align:top}p{font-weight:normal;width:14em}"
    )
    head = "<tr><th>picture<th>before<th>after<th>where, in black"
    title = "<!doctype html><meta charset=utf-8><title>What looks different</title>"
    return f"{title}<style>{style}</style><table>{head}{''.join(rows)}</table>\n"


def judge(paths: Sequence[Path]) -> dict[str, dict[str, Fault]]:
    """Take the pictures of lessons, keep them in `TAKEN`, and return how they differ from those stored."""
    found = {}
    with studio() as taking:
        for path in paths:
            after = album(taking, things(path))
            found[path.stem] = kept(path.stem, after)
            print(f"{path.stem}: {len(after.looks)} pictures, {len(found[path.stem])} to look at", flush=True)
    return found


def kept(lesson: str, after: Album) -> dict[str, Fault]:
    """Keep the looks of a lesson for the page, and return how they differ from those stored."""
    before = stored(STORED / lesson)
    faults = differences(before, after)
    # What looks as before stays byte for byte.
    same = {name: before.looks[name] for name in after.looks if name not in faults}
    store(Album(after.things, after.looks | same), TAKEN / lesson)
    for name, fault in faults.items():
        if fault.where:
            fault.where.save(TAKEN / lesson / f"{name}.where.png")
    return faults


def accept() -> list[str]:
    """Store what the last page showed; return the names of its lessons."""
    folders = sorted(path.parent for path in TAKEN.glob("*/words.json"))
    for folder in folders:
        store(stored(folder), STORED / folder.name)
    shutil.rmtree(TAKEN, ignore_errors=True)
    return [folder.name for folder in folders]


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line asks; return 1 if a picture differs."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.lab.looks", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("lesson", nargs="*", help="number or name of a lesson; none: all")
    parser.add_argument("--accept", action="store_true", help="store what the page of the last run shows")
    options = parser.parse_args(arguments)
    try:
        if options.accept:
            names = accept()
            missing = "There is no page to accept: run it without --accept first."
            print(f"Stored: {', '.join(names)}." if names else missing)
            return 0 if names else 1
        shutil.rmtree(TAKEN, ignore_errors=True)
        found = judge(lessons.paths(options.lesson))
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    (TAKEN / "index.html").write_text(page(found), encoding="utf-8")
    if any(found.values()):
        print(f"Look at {TAKEN / 'index.html'}; if you meant that: python -m tools.lab.looks --accept")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
