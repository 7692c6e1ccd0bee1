"""What a student writes is text in every page that a teacher opens: a browser runs and loads none of it.

A class of hostile students hands in, and each page made of their work is opened in Chromium. A page may ask
for nothing that an honest student's page does not ask for, and the mark that all scripts would set is not
there. What was written can be read all the same.
"""

import csv
import io
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import workshop
from test_batch import NAME, grade, hand_in

from samarkand_grading.classroom import gradebook, report, rosters, rubric_marks
from samarkand_grading.submission import rebuilding

sys.path.insert(0, str(Path(__file__).parents[1]))
from lab import browser as chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.usefixtures("one_server")

RUN = "window.pwned=1"
#: A script that breaks out of where it is put, in each way that we know; by what it breaks out of.
SCRIPTS = {
    "an element": f"<script>{RUN}</script>",
    "a picture": f"<img src=https://evil.example/x onerror={RUN}>",
    "a text field": f"</textarea><script>{RUN}</script>",
    "a title": f"</title><script>{RUN}</script>",
    "a style": f"</style><script>{RUN}</script><style>@import 'https://evil.example/y';",
    "a comment": f"--><script>{RUN}</script><!--",
    "a double quote": f'" autofocus onfocus="{RUN}" x="',
    "a single quote": f"' autofocus onfocus='{RUN}' x='",
    "a drawing": f"<svg onload={RUN}><use href=https://evil.example/z /></svg>",
    "a drawing's script": f"<svg><script>{RUN}</script></svg>",
    "formulas": f"<math><mtext><table><mglyph><style><img src=x onerror={RUN}></style></mglyph></table>",
    "a frame": f"<iframe srcdoc='<script>parent.pwned=1</script>' src='javascript:parent.{RUN}'></iframe>",
    "a link": f"<a href=javascript:{RUN}>The marks</a>",
    "a link in Markdown": f"[The marks](javascript:{RUN}) ![p](https://evil.example/p) <javascript:{RUN}>",
    "a reference in Markdown": f"[m]\n\n[m]: javascript:{RUN}",
    "entities": f"&lt;img src=x onerror={RUN}&gt; &#60;script&#62;{RUN}&#60;/script&#62;",
    "data in a script": f'"}}]</script><script>{RUN}</script>',
    "a template": "{{ 7 * 7 }} {% include 'page.css' %} ${7*7}",
    "a refresh": "<meta http-equiv=refresh content='0;url=https://evil.example/m'>",
    "a base": "<base href=https://evil.example/>",
    "a style sheet": "<link rel=stylesheet href=https://evil.example/s><style>*{background:url(https://evil.example/b)}</style>",
    "a form": f"</form><form action=https://evil.example/><button autofocus onfocus={RUN}>",
    "the end of a page": f"\x00\x1b]0;x\x07\x1b[2J<script>{RUN}</script>\x08",
    "output of a notebook": f"</pre></div><script>{RUN}</script><pre>\x1b[31m<b>",
}  # fmt: skip
#: What turns the letters after it around, and a word that no line has room for.
TURNED, LONG = "eve\u202e", "endless" * 60
ALL = "\n\n".join([*SCRIPTS.values(), TURNED, LONG])
#: What each hostile student writes: every fifth of the scripts, or all.
WRITTEN = [*("\n\n".join([*SCRIPTS.values()][first::5]) for first in range(5)), ALL]
#: What a notebook holds besides sources, all of which a page could show.
OUTPUTS = [
    {
        "output_type": "display_data",
        "metadata": {"text/html": {"isolated": SCRIPTS["an element"]}},
        "data": {
            "text/html": SCRIPTS["an element"],
            "image/svg+xml": SCRIPTS["a drawing"],
            "application/javascript": RUN,
            "text/markdown": SCRIPTS["a link in Markdown"],
            "text/latex": r"$\href{javascript:window.pwned=1}{x}$",
            "image/png": "\"><script>window.pwned=1</script>",
        },
    },
    {"output_type": "error", "ename": ALL, "evalue": ALL, "traceback": [ALL]},
]  # fmt: skip
#: Student's code that shows all kinds of things, and ends with an error of her own.
CODE = """from IPython.display import HTML, SVG, Javascript, Markdown, display
product = {said!r}
for show in (HTML, Javascript, Markdown):
    display(show({said!r}))
print({said!r})
border_shares = {{{said!r}: {said!r}}}
raise type({name!r}, (Exception,), {{}})({said!r})"""


@dataclass
class Opened:
    """What a browser found in a page.

    Attributes
    ----------
    pwned : list
        What scripts have set, and dialogs that they opened.
    asked : set of str
        The addresses that the page asked for, besides itself.
    handlers : list of str
        Attributes that would run something or lead elsewhere when somebody clicks.
    scripts : int
        How many scripts the page has.
    text : str
        What there is to read, also where it is folded.
    breadth : list of int
        By how many pixels the page is broader than the window, for two windows.
    turned : list of str
        The marks whose letters do not follow one another from left to right.
    """

    pwned: list[Any] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    handlers: list[str] = field(default_factory=list)
    scripts: int = 0
    text: str = ""
    breadth: list[int] = field(default_factory=list)
    turned: list[str] = field(default_factory=list)


#: JavaScript: attributes that run or load something. A bare address may be a link: it leads where it says.
HANDLERS = r"""() => {
  const leading = ['href', 'src', 'srcdoc', 'action', 'formaction', 'data', 'xlink:href'];
  const found = [];
  for (const one of document.querySelectorAll('*')) {
    for (const {name, value} of one.attributes) {
      const address = value.replace(/[\s\0]/g, '').toLowerCase();
      const runs = name === 'srcdoc' || /^(javascript|vbscript|data:text)/.test(address);
      const loads = one.tagName !== 'A' && address.includes('evil.example');
      if (name.startsWith('on') || (leading.includes(name) && (runs || loads))) {
        found.push(`${one.tagName} ${name}=${value}`);
      }
    }
  }
  return found;
}"""
#: JavaScript: the marks that are to be read from left to right, and are not.
TURN = """() => [...document.querySelectorAll('strong, .points')].filter(one => {
  const [text] = one.childNodes, range = document.createRange(), places = [];
  for (let at = 0; at < text.length; at++) {
    range.setStart(text, at); range.setEnd(text, at + 1);
    places.push(range.getBoundingClientRect());
  }
  const follows = (one, before) => one.left >= before.left || one.top > before.top;
  return places.some((place, at) => at && !follows(place, places[at - 1]));
}).map(one => one.textContent)"""


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    command = chromium.installed()
    if command is None:
        pytest.skip("pages are opened in Chromium")
    from playwright.sync_api import sync_playwright

    # One of its own, which ends with these tests: while it runs no other test of the process may run a loop.
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=command, args=list(chromium.CHROMIUM))
        yield running
        running.close()


def open_page(browser: "Browser", path: Path) -> Opened:
    """Open a page that lies in a file, let everything in it happen, and return what did."""
    found = Opened()
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    own = path.as_uri()

    def answer(route: Any) -> None:
        """Note what the browser would fetch; what its policy forbids does not come so far."""
        if route.request.url == own:
            route.continue_()
        else:
            found.asked.add(route.request.url)
            route.abort()

    page.on("dialog", lambda dialog: (found.pwned.append(dialog.message), dialog.dismiss()))
    page.route("**/*", answer)
    page.goto(own)
    page.wait_for_timeout(50)
    found.pwned += [value for value in [page.evaluate("window.pwned")] if value is not None]
    found.handlers = page.evaluate(HANDLERS)
    found.scripts = page.evaluate("document.scripts.length")
    found.text = page.evaluate("document.documentElement.textContent")
    found.turned = page.evaluate(TURN)
    for width in (1400, 360):
        page.set_viewport_size({"width": width, "height": 900})
        found.breadth.append(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
    assert page.url == own, "the page has led elsewhere"
    page.close()
    return found


def hostile_id(number: int) -> str:
    """Return the id of a hostile student: as much of a script as a roster lets through."""
    return f"eve' autofocus onfocus={RUN} x='{number}"


def be_hostile(course: Any) -> None:
    """Let an honest student hand in, and hostile ones, who write `WRITTEN` wherever they can."""
    listed = [{"id": "ada", "first_name": "Ada", "last_name": "Aa"}]
    hand_in(course, "ada", q1="product = 1", w1="Because of the word " + "very " * 30)
    for number, said in enumerate(WRITTEN):
        student = hostile_id(number) if number % 2 else f"eve{number}"
        one_line = " ".join(said.replace("\x00", "").split())
        listed.append({"id": student, "first_name": one_line[:200], "last_name": TURNED})
        code = CODE.format(said=said, name=re.sub(r"\W", "", said)[:30] or "E")
        text = f"I write {said} and mean it. " * (1 if said is ALL else 3)
        path = hand_in(course, student, q1=code, q2=f"# {said!r}\nborder_shares = {said!r}", w1=text)
        notebook = json.loads(path.read_text(encoding="utf-8"))
        notebook["metadata"] |= {"title": said, "authors": [{"name": said}], "kernelspec": {"name": said}}
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"] = OUTPUTS
            cell["metadata"]["name"] = said
            if cell["id"] == "title":
                cell["source"] = f"# {said}\n\n## {said}"
        notebook["cells"].append(workshop.cell("markdown", "mine", f"# {said}\n\n{said}"))
        notebook["cells"].append(
            {"cell_type": "raw", "id": "r", "metadata": {"format": "text/html"}, "source": said}
        )
        path.write_text(json.dumps(notebook), encoding="utf-8")
        name = one_line.replace("/", "∕").replace("\x1b", "").encode()[:180].decode(errors="ignore")
        (path.parent / f"{name}.txt").write_text(said, encoding="utf-8")
        (path.parent / f"{name}.svg").write_text(SCRIPTS["a drawing"], encoding="utf-8")
    with (course.root / "class.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["id", "first_name", "last_name"])
        writer.writeheader()
        writer.writerows(listed)
    rosters.enter_students(course, rosters.read_class(course.root / "class.csv", None))
    summary, _ = grade(course)
    assert len(summary.graded) == len(listed)
    row = rubric_marks.list_answers(course, course.exercise(NAME))
    with gradebook.open_book(course) as book:  # a person's comment may quote what a student wrote
        for answer in row:
            book.find_comment("w1", NAME, NAME, answer.student).manual_comment = f"You write {answer.text}"
        book.db.commit()
    report.write_pages(course, NAME)
    rubric_marks.mark_written_answers(course, NAME, None, None)


@pytest.fixture
def hostile(once):
    return once(be_hostile)


def judge(found: Opened, honest: Opened, path: Path) -> None:
    assert found.pwned == [] and found.handlers == [], path
    assert found.asked <= honest.asked, path
    assert found.scripts <= honest.scripts, path
    assert honest.pwned == [] and honest.handlers == []


def is_readable(said: str, text: str) -> bool:
    """Return whether a text shows what was written, as it is or with its Markdown disarmed."""

    def pack(words: str) -> str:
        return re.sub(r"[\s\x00-\x08\x0e-\x1f\ufffd]", "", words)

    return any(pack(one) in pack(text) for one in (said, rebuilding.disarm_markdown(said)))


def test_no_students_page_runs_what_a_student_wrote(hostile, browser):
    honest = open_page(browser, hostile.root / "marks" / "ada" / f"{NAME}.html")
    pages = sorted((hostile.root / "marks").glob(f"*/{NAME}.html"))
    assert len(pages) == len(WRITTEN) + 1
    read = set()
    for path in pages:
        found = open_page(browser, path)
        judge(found, honest, path)
        assert (found.asked, found.turned) == (set(), []) and max(found.breadth) <= 0, path
        read |= {name for name, said in SCRIPTS.items() if is_readable(said, found.text)}
    assert read == set(SCRIPTS), "each is there to be read, as text"


@pytest.mark.parametrize("where", ["marks/ada", "marking"])
def test_a_page_runs_nothing_even_if_something_was_not_escaped(hostile, browser, where, tmp_path):
    text = (hostile.root / where / f"{NAME}.html").read_text(encoding="utf-8")
    away = SCRIPTS["a refresh"]  # no policy that a page can have keeps it from leading elsewhere
    (tmp_path / "page.html").write_text(
        text.replace("<h1>", f"<h1>{ALL.replace(away, '')}"), encoding="utf-8"
    )
    found = open_page(browser, tmp_path / "page.html")
    assert found.handlers != [], "it is there"
    assert (found.pwned, found.asked) == ([], set())


def test_the_form_for_written_answers_runs_nothing(hostile, browser):
    path = hostile.root / "marking" / f"{NAME}.html"
    found = open_page(browser, path)
    assert (found.pwned, found.asked, found.handlers) == ([], set(), [])
    assert found.scripts == 2, "the columns, and what saves the form"
    assert max(found.breadth) <= 0
    for said in SCRIPTS.values():
        assert is_readable(said, found.text), said


def test_what_the_form_saves_is_what_was_written(hostile, browser, tmp_path):
    """The page still does its work: it counts, and saves the comments as they are."""
    page = browser.new_page()
    page.goto((hostile.root / "marking" / f"{NAME}.html").as_uri())
    answers = rubric_marks.list_answers(hostile, hostile.exercise(NAME))
    assert page.locator("#done").inner_text() == f"0 of {len(answers)} marked."
    page.locator("input[value='2']").first.check()
    with page.expect_download() as saved:
        page.locator("#save").click()
    saved.value.save_as(tmp_path / "saved.csv")
    page.close()
    rows = list(csv.DictReader(io.StringIO((tmp_path / "saved.csv").read_text(encoding="utf-8-sig"))))
    assert sorted(row["answer"] for row in rows) == sorted(answer.blind for answer in answers)
    assert sum(row["A reason"] == "2" for row in rows) == 1
    assert any(is_readable(SCRIPTS["a text field"], row["comment"]) for row in rows)


def test_nbgraders_own_pages_run_nothing_more_than_an_honest_students(hostile, browser):
    workshop.nbgrader(hostile.root, "generate_feedback", NAME)
    honest = open_page(browser, hostile.root / "feedback" / "ada" / NAME / f"{NAME}.html")
    pages = sorted((hostile.root / "feedback").glob(f"*/{NAME}/{NAME}.html"))
    assert len(pages) == len(WRITTEN) + 1
    for path in pages:
        judge(open_page(browser, path), honest, path)


def test_nothing_that_is_printed_moves_the_terminal(hostile):
    """No letter that a terminal obeys, or that turns the letters after it around, is printed."""
    told = [report.sum_up(hostile, NAME)]
    for row in report.read_results(hostile, hostile.exercise(NAME)):
        told.append(report.explain_marks(hostile, NAME, row.student))
    obeyed = re.findall(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", "\n".join(told))
    assert obeyed == []
