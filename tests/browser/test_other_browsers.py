"""The reading site in Debian's Firefox and in WebKit: pages open, nothing complains, pictures are drawn."""

import functools
import http.server
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lab import others

from tools.site import build

pytestmark = [pytest.mark.nightly]

#: The lessons whose pages are opened, with the maps that each has, at least.
LESSONS = {"03_the_sco": 1, "05_taking_sides": 1, "08_borders": 1}
#: Written at the top of each page: what is complained of is kept.
LISTEN = b"""<script>
window.complaints = [];
addEventListener("error", (e) => {
  // Firefox fetches the next page beforehand and puts that off when it is busy; test_site follows each link.
  if (e.target?.rel === "next") return;
  const said = String(e.message || e.target?.outerHTML?.slice(0, 300) || e.type);
  // What was put off to the next picture is no error.
  if (!said.startsWith("ResizeObserver loop")) complaints.push(said);
}, true);
addEventListener("unhandledrejection", (e) => complaints.push(String(e.reason)));
console.error = (...said) => complaints.push(said.join(" "));
</script>"""
#: JavaScript: the frames of maps, each scrolled into sight, since it loads only there.
FRAMES = """
const frames = [...document.querySelectorAll("main iframe")];
const next = frames.find((one) => !one.contentDocument || one.contentDocument.readyState !== "complete"
  || one.contentDocument.location.href === "about:blank");
if (next) next.scrollIntoView();
return !next;
"""
#: JavaScript: the explorers, which load their answers there as well.
EXPLORERS = """
const explorers = [...document.querySelectorAll(".sam-explorer")];
const next = explorers.find((one) => !one.querySelector("select, input"));
if (next) next.scrollIntoView();
return !next;
"""
#: JavaScript: what is to be seen on a page: of each map the paths or cells that it draws, and of each image
#: its width; then what frames and page complain of, and by how many px the page is too wide.
SEEN = """
const frames = [...document.querySelectorAll("main iframe")].map((one) => one.contentDocument);
const images = [...document.querySelectorAll("main img")].filter((one) => one.checkVisibility());
const explorers = [...document.querySelectorAll(".sam-explorer")];
return {
  maps: frames.map((one) => one.querySelectorAll("path[d]:not([d='']), td").length),
  high: [...document.querySelectorAll("main iframe")].map((one) => one.clientHeight),
  images: images.map((one) => (one.complete ? one.naturalWidth : -1)),
  explorers: explorers.map((one) => one.querySelectorAll("select, input, button").length),
  complaints: [...complaints, ...frames.flatMap((one) => one.defaultView.complaints)],
  beyond: document.documentElement.scrollWidth - innerWidth,
};
"""


class Served(http.server.SimpleHTTPRequestHandler):
    """Serve a folder; each page listens to its own errors."""

    def do_GET(self) -> None:
        """Serve a file, a page with the script at its top."""
        path = Path(self.translate_path(self.path))
        if path.suffix != ".html" or not path.is_file():
            return super().do_GET()
        text = path.read_bytes().replace(b"<head>", b"<head>" + LISTEN, 1)
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
        return None

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Build the site and serve it; return its address."""
    folder = tmp_path_factory.mktemp("site") / "site"
    build.build_site(folder)
    handler = functools.partial(Served, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module", params=["firefox", "webkit"])
def window(request: pytest.FixtureRequest) -> Iterator[others.Window]:
    if not others.is_installed(request.param):
        pytest.skip(f"needs {', '.join(others.NEEDED[request.param])}")
    with others.opened(request.param) as opened:
        yield opened


def wait_until(window: others.Window, script: str, seconds: float = 60) -> None:
    """Ask the page again and again until it says yes."""
    end = time.monotonic() + seconds
    while not window.ask(script):
        assert time.monotonic() < end, script
        time.sleep(0.2)


def test_what_a_page_complains_of_is_heard(window: others.Window, address: str) -> None:
    window.goto(f"{address}/index.html", 1200)
    window.ask("setTimeout(() => { throw new Error('planted'); });")
    wait_until(window, "return complaints.some((one) => one.includes('planted'));")


@pytest.mark.parametrize("width", [1200, 500])
def test_the_front_page_is_drawn(window: others.Window, address: str, width: int) -> None:
    window.goto(f"{address}/index.html", width)
    seen = window.ask("return [complaints, document.querySelectorAll('main svg path').length];")
    assert seen[0] == [] and seen[1] > 20
    assert window.ask("return document.documentElement.scrollWidth - innerWidth;") <= 0


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_is_read_with_its_maps_charts_and_explorers(
    window: others.Window, address: str, lesson: str
) -> None:
    window.goto(f"{address}/lessons/{lesson}.html", 1200)
    wait_until(window, FRAMES)
    wait_until(window, EXPLORERS)
    window.ask("document.querySelectorAll('main img').forEach((one) => (one.loading = 'eager'));")
    wait_until(window, "return [...document.querySelectorAll('main img')].every((one) => one.complete);")
    seen = window.ask(SEEN)
    assert seen["complaints"] == []
    assert len(seen["maps"]) >= LESSONS[lesson] and min(seen["maps"]) > 60, "each map is drawn"
    assert min(seen["high"]) > 400
    assert seen["images"] and min(seen["images"]) > 100, "each chart is drawn"
    assert seen["explorers"] and min(seen["explorers"]) >= 1, "each explorer has its controls"
    assert seen["beyond"] <= 0


def test_the_buttons_of_a_map_and_an_explorer_answer(window: others.Window, address: str) -> None:
    window.goto(f"{address}/lessons/05_taking_sides.html", 1200)
    wait_until(window, FRAMES)
    inside = "const inside = document.querySelector('main iframe').contentDocument;"
    wait_until(window, f"{inside} return inside.documentElement.dataset.ready !== undefined;")
    before = window.ask(f"{inside} return inside.querySelector('#title').textContent;")
    window.ask(f"{inside} inside.querySelectorAll('.choices button')[1].click();")
    after = window.ask(f"{inside} return inside.querySelector('#title').textContent;")
    assert before != after and "said yes" in after
    assert window.ask("return complaints;") == []
