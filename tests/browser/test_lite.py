"""The course in the browser: unavailable parts are refused; nightly, every cell is run and compared."""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lab.browser import CHROMIUM, installed
from lab.server import serve
from sets_in_page import (
    ASK,
    FILL,
    RUN,
    SAVED,
    SET_SOURCE,
    answer_right,
    answer_wrong,
    by_night_in_the_page,
    list_code,
    mark_here,
    open_in_page,
    plain,
    wait_for_python,
)

from samarkand import cli
from samarkand.common.errors import CourseError
from samarkand.common.home import LESSONS, SETS
from tools.site import build as site_builder
from tools.site import lite


def test_a_wheel_that_is_missing_or_another_is_refused(tmp_path: Path) -> None:
    lock = {"packages": {"numpy": {"file_name": "numpy-2.0.2.whl", "sha256": "0" * 64}}}
    (tmp_path / "wasm").mkdir()
    with pytest.raises(CourseError) as missing:
        lite.take_numpy(lock, [tmp_path], tmp_path)
    assert (missing.value.code, missing.value.fields["file"].name) == ("missing", "numpy-2.0.2.whl")
    (tmp_path / "numpy-2.0.2.whl").write_bytes(b"not what was agreed on")
    with pytest.raises(CourseError) as another:
        lite.take_numpy(lock, [tmp_path], tmp_path)
    assert (another.value.code, another.value.fields["file"].name) == ("another hash", "numpy-2.0.2.whl")
    assert not (tmp_path / "wasm" / "numpy-2.0.2.whl").exists()
    with pytest.raises(CourseError) as lacking:
        lite.run_program(tmp_path / "node", "compile.mjs")
    assert (lacking.value.code, lacking.value.fields["program"]) == ("not installed", tmp_path / "node")


def test_what_is_missing_is_said_before_sphinx_works_and_only_lite_needs_no_sphinx(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    order: list[str] = []

    def miss(cache: Path, wheels: object) -> None:
        raise CourseError("numpy is missing", code="missing")

    monkeypatch.setattr(site_builder, "build_site", lambda *_, **__: order.append("Sphinx") or "pages")
    monkeypatch.setattr(lite, "build_lite", lambda *_: order.append("page") or "a page")
    monkeypatch.setattr(lite, "fetch_engine", miss)
    out = tmp_path / "site"
    for word in ("--lite", "--only-lite"):
        assert cli.main(["site", "--out", str(out), word]) == 1
        assert capsys.readouterr().err == "numpy is missing\n"
    assert order == [] and not out.exists()
    monkeypatch.setattr(lite, "fetch_engine", lambda *_: None)
    assert cli.main(["site", "--out", str(out), "--only-lite"]) == 0
    assert order == ["page"]
    assert cli.main(["site", "--out", str(out), "--lite"]) == 0, "a site may come beside it later"
    assert order == ["page", "Sphinx", "page"]


def test_a_folder_with_something_else_is_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert cli.main(["site", "--out", str(tmp_path), "--only-lite"]) == 1
    assert "left as it is" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


UNSAVED = """const context = { path: '03.ipynb', saveState: { connect: (told) => told(null, 'failed') } };
window.jupyterapp = { shell: { currentWidget: { context } } };"""
TROUBLES = {
    "JupyterLab is loading": "",
    "This browser is too old": "delete window.structuredClone",
    "There is room for 20 MB more": "navigator.storage.estimate = async () => ({ quota: 5e7, usage: 3e7 })",
    "no service worker here": "delete Navigator.prototype.serviceWorker",
    "keeps nothing here": "indexedDB.open = () => ({ set onerror(told) { told(); } })",
    "03.ipynb was not saved": UNSAVED,
}


@pytest.fixture(scope="module")
def stub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a page with the texts of the course's page and nothing else."""
    folder = tmp_path_factory.mktemp("stub")
    text = lite.SAYS.read_text(encoding="utf-8")
    (folder / "index.html").write_text(f"<head><script>{text}</script></head><body>", encoding="utf-8")
    with serve(folder) as url:
        yield url


@pytest.mark.parametrize("says", TROUBLES)
def test_the_page_says_what_a_browser_cannot_do(says: str, stub: str, browser: Any) -> None:
    with browser.new_context() as context:
        context.add_init_script(TROUBLES[says])
        page = context.new_page()
        page.goto(stub, wait_until="commit")
        page.get_by_text(says).wait_for()


#: A page that shows the words of another file, and loads a worker as JupyterLite does.
STUB = """<body></body><script>
navigator.serviceWorker.register("service-worker.js?enableCache=false");
fetch("words.txt").then((one) => one.text()).then((text) => { document.body.textContent = text; });
</script>"""
#: JavaScript: look for a new worker, as a browser does at each visit, and let it be installed.
UPDATE = """async () => {
  const place = await navigator.serviceWorker.getRegistration();
  await place.update().catch(() => {});
  while (place.installing) await new Promise((go) => setTimeout(go, 20));
}"""
#: JavaScript: JupyterLite's worker answers itself what is no file.
OWN = """addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  if (event.request.url.includes("/api/drive")) event.respondWith(new Response("the page's drive"));
});"""


@pytest.fixture
def site_with_words(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that makes, anew, a site with words and the worker that keeps it."""
    folder = tmp_path / "site"
    made: list[str] = []

    def make_site(words: str) -> Path:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / "index.html").write_text(STUB, encoding="utf-8")
        (folder / "words.txt").write_text(words, encoding="utf-8")
        (folder / lite.WORKER).write_text(OWN, encoding="utf-8")
        lite.keep_in_browser(folder)
        made.append(words)
        for path in folder.iterdir():  # a server tells files of one second by nothing
            os.utime(path, (1_700_000_000 + len(made), 1_700_000_000 + len(made)))
        return folder

    return make_site


def test_a_visit_has_one_edition_and_needs_no_network_once_it_was_there(
    site_with_words: Callable[[str], Path], browser: Any
) -> None:
    with browser.new_context() as context:

        def visit(address: str) -> str:
            page = context.new_page()
            page.goto(f"{address}/index.html?path=a", wait_until="commit")
            page.wait_for_function("document.body?.textContent && navigator.serviceWorker.controller")
            page.evaluate(
                "navigator.serviceWorker.getRegistration().then((one) => one.update()).catch(() => {})"
            )
            words = str(page.evaluate("fetch('words.txt').then((one) => one.text())"))
            assert page.evaluate("fetch('api/drive').then((one) => one.text())") == "the page's drive"
            page.close()
            return words

        context.new_page()  # of another site, as in a browser that stays open
        with serve(site_with_words("first")) as address:
            assert [visit(address), visit(address)] == ["first", "first"]
            site_with_words("second")
            assert visit(address) == "first", "whole, from the edition that the page is of"
            end = time.monotonic() + 60
            while visit(address) != "second":  # the browser takes its time to end the last edition's worker
                assert time.monotonic() < end
                context.pages[0].wait_for_timeout(500)
            assert visit(address) == "second"
        assert visit(address) == "second", "and there is no server any more"


def test_the_page_says_that_the_course_is_open_in_another_tab(stub: str, browser: Any) -> None:
    with browser.new_context() as context:
        for says in ("JupyterLab is loading", "open in another tab"):
            page = context.new_page()
            page.goto(stub)
            page.get_by_text(says).wait_for()


@by_night_in_the_page
@pytest.mark.parametrize(
    "stored", [*sorted(LESSONS.glob("*.ipynb")), *sorted(SETS.glob("*/*.ipynb"))], ids=lambda p: p.stem
)
def test_every_cell_shows_in_the_page_what_is_stored(stored: Path, address: str, browser: Any) -> None:
    place = f"lessons/{stored.name}" if stored.parent == LESSONS else f"sets/{stored.stem}/{stored.name}"
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    beyond: list[str] = []
    context.on(
        "request", lambda r: beyond.append(r.url) if not r.url.startswith((address, "data:", "blob:")) else 0
    )
    open_in_page(page, address, place)
    page.evaluate(RUN)
    ran = list_code(page.evaluate(SAVED))
    context.close()
    kept = list_code(json.loads(stored.read_text(encoding="utf-8")))
    assert len(ran) == len(kept) > 0
    for here, there in zip(ran, kept, strict=True):
        assert plain(here) == plain(there), "".join(there["source"])
    assert beyond == []


#: What is answered in a set, one after another.
ANSWERS = {"empty": lambda name: {}, "wrong": answer_wrong, "right": answer_right}


def mark_in_page(page: Any) -> list[str]:
    """Click the button of a set that was just run, and return what is shown: the points, then the reasons."""
    page.get_by_role("button", name="Mark my work as saved").click()
    shown = page.locator(".jp-OutputArea-output").last
    shown.locator("li").first.wait_for()
    reply = str(shown.locator("[role=status]").last.text_content())
    reasons = [str(text) for text in shown.locator("li").all_text_contents()]
    return [" ".join(line.split()) for line in (reply.partition(" points")[0] + " points", *reasons)]


@by_night_in_the_page
@pytest.mark.parametrize("name", sorted(path.stem for path in SETS.glob("*/*.ipynb")))
def test_a_set_has_in_the_page_the_marks_and_reasons_that_it_has_here(
    name: str, address: str, browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMARKAND_WORK", str(tmp_path / "my_work"))
    beyond: list[str] = []
    with browser.new_context(viewport={"width": 1400, "height": 1000}) as context:
        page = context.new_page()
        own = (address, "data:", "blob:")
        context.on("request", lambda one: None if one.url.startswith(own) else beyond.append(one.url))
        open_in_page(page, address, f"sets/{name}/{name}.ipynb")
        for how, answer in ANSWERS.items():
            page.evaluate(FILL, answer(name))
            there = mark_in_page(page)
            here = mark_here(name, page.evaluate(SAVED), tmp_path)
            assert there == here, how
            assert ("10 of 10 points" in there[0]) is (how == "right")
    assert beyond == []


@by_night_in_the_page
def test_marks_come_on_a_later_visit_when_there_is_no_server_any_more(built: Path, browser: Any) -> None:
    name = "ex03_the_sco"
    with browser.new_context(viewport={"width": 1400, "height": 1000}) as context:
        page = context.new_page()

        def come_and_mark(answers: dict[str, str]) -> str:
            wait_for_python(page)
            page.evaluate(FILL, answers)
            return mark_in_page(page)[0]

        with serve(built) as url:
            open_in_page(page, url, f"sets/{name}/{name}.ipynb")
            assert "10 of 10 points" in come_and_mark(answer_right(name))
            page.reload(wait_until="commit")
            assert "10 of 10 points" in come_and_mark({})
        page.reload(wait_until="commit")
        assert "10 of 10 points" in come_and_mark({}), "with a second Python that is new"


#: JavaScript: wait until each file that the page has loaded is kept.
ALL_KEPT = """async () => {
  const came = performance.getEntriesByType("resource").map((one) => one.name.split("?")[0]);
  for (const url of came)
    if (url.startsWith(location.origin) && (!url.includes("/api/") || url.includes("/api/contents/")))
      while (!(await caches.match(url))) await new Promise((go) => setTimeout(go, 50));
}"""


@by_night_in_the_page
def test_after_one_visit_the_page_opens_in_a_browser_that_was_closed_without_a_server(
    built: Path, browser: Any, tmp_path: Path
) -> None:
    asked: list[str] = []
    place = "lessons/03_the_sco.ipynb"

    def visit(address: str) -> None:
        kind, options = browser.browser_type, list(CHROMIUM)
        program = installed()
        with kind.launch_persistent_context(
            tmp_path / "profile", executable_path=program, args=options
        ) as own:
            page = own.new_page()
            open_in_page(page, address, place)
            page.get_by_text("Python is ready.").wait_for()
            page.evaluate(ALL_KEPT)

    with serve(built, asked) as url:
        visit(url)
        first = len(asked)
        asked.clear()
        visit(url)
        assert len(asked) < 20 < first, asked
    visit(url)


#: Work that does not come back. Python's own loops are watched in the second Python, and a cell that has one
#: is ended there, as at home. Nothing in a page ends code in C: its worker is ended from outside.
IN_PYTHON = "people_share = 1\nwhile True:\n    people_share = 1 - people_share"
IN_C = "import itertools\npeople_share = sum(itertools.repeat(0))"
#: Python in the page: give a set in the second Python some seconds, in place of two minutes.
SHORTEN = "from samarkand.practice.sets import page_marks; page_marks.TO_MARK = 20"


@by_night_in_the_page
def test_in_the_page_work_without_end_is_ended_and_the_next_set_is_marked(
    address: str, browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMARKAND_WORK", str(tmp_path / "my_work"))
    name = "ex03_the_sco"
    with browser.new_context(viewport={"width": 1400, "height": 1000}) as context:
        page = context.new_page()
        open_in_page(page, address, f"sets/{name}/{name}.ipynb")
        right = answer_right(name)
        page.evaluate(FILL, right)
        # From here on it stands in the notebook and is not run: the page's own Python would not come back.
        page.evaluate(SET_SOURCE, {"q2": IN_PYTHON})
        there = mark_in_page(page)
        assert there == mark_here(name, page.evaluate(SAVED), tmp_path)
        assert "too long" in " ".join(there) and not there[0].startswith(f"{name}: 10 ")
        page.evaluate(ASK, SHORTEN)
        page.evaluate(SET_SOURCE, {"q2": IN_C})
        page.get_by_role("button", name="Mark my work as saved").click()
        began = time.monotonic()
        page.get_by_text("Marking did not finish").wait_for(timeout=120_000)
        assert time.monotonic() - began < 100
        while any(worker.url.endswith("marks.mjs") for worker in page.workers):  # Chromium takes 2 s for it
            assert time.monotonic() - began < 160, "the second Python is gone, and takes no processor"
            page.wait_for_timeout(500)
        page.evaluate(FILL, right)
        assert "10 of 10 points" in mark_in_page(page)[0]
