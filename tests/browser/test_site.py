"""The reading site in Chromium: interactive without a kernel, and self-contained."""

import html
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

import pictures
import pytest
import tour
from axe_playwright_python.sync_playwright import Axe
from lab.server import serve

from samarkand.common.errors import CourseError
from samarkand.common.home import ROOT
from tools.author import lessons
from tools.site import build

SERIOUS = ("serious", "critical")
#: Where the site is said to be served, and where its source is said to be.
ADDRESS, REPOSITORY = "https://course.example/samarkand/", "https://code.example/samarkand"
#: The most bytes that a first visit takes, uncompressed.
MOST = 700_000


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site from the stored notebooks; return its folder."""
    folder = tmp_path_factory.mktemp("site für alle")
    assert "pages are in" in build.build_site(folder / "site", address=ADDRESS, repository=REPOSITORY)
    return folder / "site"


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Serve the site; return its address."""
    with serve(site) as url:
        yield url


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    """Yield a page; fail if it made a request elsewhere or wrote an error to the console."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    made = context.new_page()
    beyond, complaints = [], []
    context.on(
        "request", lambda r: beyond.append(r.url) if not r.url.startswith((address, "data:", "blob:")) else 0
    )
    made.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    made.on("pageerror", lambda error: complaints.append(str(error)))
    yield made
    context.close()
    assert (beyond, complaints) == ([], [])


class Links(HTMLParser):
    """The links of a page, and its anchors."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.leads: list[str] = []
        self.named: dict[str, str] = {}
        self.words: list[str] = []
        self.within = False
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.anchors.add(named.get("id") or "")
        if tag == "meta":
            self.named[str(named.get("name") or named.get("property"))] = named.get("content") or ""
        if tag == "a":
            self.within = True
            self.words.append("")
        self.leads += [value for name in ("href", "src", "data-src") if (value := named.get(name))]

    def handle_endtag(self, tag: str) -> None:
        self.within = self.within and tag != "a"

    def handle_data(self, data: str) -> None:
        if self.within:
            self.words[-1] += data


def read(path: Path) -> Links:
    """Return what is in a page."""
    return Links(path.read_text(encoding="utf-8"))


def test_every_link_leads_somewhere(site: Path) -> None:
    found = {path: Links(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    found = {
        path: links
        for path, links in found.items()
        if "_static" not in path.parts and path.name != "404.html"
    }
    assert len(found) > 70
    for path, links in found.items():
        assert path.stat().st_size <= build.LARGEST, path
        for lead in links.leads:
            if re.match(r"(https?|mailto|data|javascript):", lead):
                continue
            there, anchor = urldefrag(urljoin(path.as_uri(), lead))
            target = Path(unquote(there.removeprefix("file://").partition("?")[0]))
            assert target.is_file() or (target / "index.html").is_file(), f"{path.name}: {lead}"
            if anchor and target in found:
                assert unquote(anchor) in found[target].anchors, f"{path.name}: {lead}"


def plain(markdown: str) -> str:
    """Return words of Markdown as a page shows them."""
    words = html.unescape(re.sub(r"[*`\\]", "", markdown)).translate(str.maketrans("“”’", '""\''))
    return " ".join(words.split())


def test_every_link_of_a_text_is_a_link_of_its_page(site: Path) -> None:
    texts = {ROOT / "docs" / f"{name}.md" for name in (*build.LEARN, *build.TEACH, *build.MAINTAIN)}
    texts |= {ROOT / name for name in build.BESIDE} | {*(ROOT / "docs/teaching").glob("*.md")}
    assert len(texts) > 20
    for path in texts:
        links = read(site / path.relative_to(ROOT).with_suffix(".html")).words
        shown = {plain(words) for words in links}
        text = re.sub(r"```[\s\S]*?```", "", path.read_text(encoding="utf-8"))
        asked = [found[2] for found in build.LINK.finditer(text) if not found[1]]
        assert [words for words in asked if plain(words) not in shown] == [], path.name


def test_the_front_page_leads_to_each_lesson_and_loads_nothing(page: Any, address: str, site: Path) -> None:
    page.goto(f"{address}/index.html")
    cards = page.locator(".cards a")
    assert [one.get_attribute("href") for one in cards.all()] == [
        f"lessons/{path.stem}.html" for path in lessons.find_lessons()
    ]
    assert [one.locator(".n").inner_text() for one in cards.all()] == [
        p.stem[:2] for p in lessons.find_lessons()
    ]
    doors = page.locator(".doors a")
    assert [door.locator("b").inner_text() for door in doors.all()] == [
        "Read lesson 01",
        "Run it here",
        "Install",
    ]
    assert (site / "index.html").stat().st_size < 60_000
    page.get_by_role("button", name="Raisi").press("Enter")
    assert page.get_by_role("status").inner_text().startswith("No: he met Raisi. It was Modi.")
    assert page.locator("path.meet").first.evaluate("e => getComputedStyle(e).opacity") != "0"
    facts = json.loads(page.locator('script[type="application/ld+json"]').inner_text())
    assert facts["@type"] == "Course"


def test_each_page_says_what_it_is_about_and_the_map_of_the_site_has_it(site: Path) -> None:
    listed = (site / "sitemap.xml").read_text(encoding="utf-8")
    assert f"Sitemap: {ADDRESS}sitemap.xml" in (site / "robots.txt").read_text(encoding="utf-8")
    for name in build.pages_of(site):
        if name in ("404.html", "search.html"):
            continue
        page = read(site / name)
        assert page.named["og:title"] and page.named["og:image"].startswith(ADDRESS), name
        assert name.startswith(("data/", "sets/")) or page.named.get("description"), name
        assert f"{ADDRESS}{name}" in page.leads and f"<loc>{ADDRESS}{name}</loc>" in listed, name
        text = (site / name).read_text(encoding="utf-8")
        assert text.count('name="viewport"') == 1 and "CC BY 4.0" in text and "How to cite" in text, name
    assert f"{ADDRESS.removeprefix('https://course.example')}index.html" in read(site / "404.html").leads


def test_a_first_visit_is_light(browser: Any, address: str, site: Path) -> None:
    for name in ("index", "lessons/01_the_trip", "lessons/04_china_and_russia"):
        context = browser.new_context(viewport={"width": 1400, "height": 900})
        page = context.new_page()
        sizes: list[int] = []
        page.on("response", lambda answer, into=sizes: into.append(len(answer.body())) if answer.ok else 0)
        page.goto(f"{address}/{name}.html")
        page.wait_for_load_state("networkidle")
        context.close()
        assert 0 < sum(sizes) <= MOST, name
    assert not [*site.rglob("*.map")], "source maps are for who makes the theme"
    holders = [one for one in site.rglob("*.*") if b"Vladimir Agafonkin" in one.read_bytes()]
    assert len(holders) == 1, "Leaflet is there once for all maps"


def test_the_contents_mark_the_section_that_is_read(page: Any, address: str) -> None:
    page.set_viewport_size({"width": 1400, "height": 900})
    page.goto(f"{address}/lessons/03_the_sco.html")
    page.wait_for_load_state("networkidle")
    marked = page.locator(".bd-toc a[aria-current]")
    for heading in ("5. Is it a bloc?", "3. Thirty per cent of the money?", "Practice", "The question"):
        script = "e => scrollTo(0, e.getBoundingClientRect().top + scrollY - 60)"
        page.get_by_role("heading", name=heading).first.evaluate(script)
        page.locator(".bd-toc a[aria-current]", has_text=heading).wait_for()
        page.wait_for_timeout(300)
        assert marked.all_inner_texts() == [heading]


def test_the_menu_has_two_groups_and_a_search_finds_lessons_first(page: Any, address: str) -> None:
    page.set_viewport_size({"width": 1400, "height": 900})
    page.goto(f"{address}/search.html?q=uranium")
    first = page.locator("#search-results li a").first
    first.wait_for()
    assert "lessons/" in str(first.get_attribute("href"))
    assert page.locator(".bd-links .caption").all_inner_texts() == ["Learn", "For teachers and maintainers"]
    assert page.locator(".bd-links").get_by_role("link", name="03 The SCO").is_visible()
    assert not page.locator(".bd-links").get_by_role("link", name="Corrections").is_visible()


def test_pictures_show_what_is_there() -> None:
    assert [*pictures.stale()] == []
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for one in pictures.PICTURES:
        assert one.name == "social.png" or f"docs/pictures/{one.name}" in readme


def test_the_glossary_is_searched_in_every_script(page: Any, address: str) -> None:
    page.goto(f"{address}/docs/glossary.html")
    field, told = page.get_by_role("searchbox"), page.locator(".sam-reply")
    for typed, found in (("弃权", "abstention"), ("qiquan", "abstention"), ("одақ", "alliance")):
        field.fill(typed)
        assert page.locator(f"#{found}").locator("..").is_visible()
        assert int(told.inner_text().split(" of ")[0]) < 12
    field.fill("")
    assert page.locator("section#glossary section p:visible").count() > 80


def test_a_term_says_what_it_means_below_its_paragraph(page: Any, address: str) -> None:
    page.goto(f"{address}/lessons/05_taking_sides.html")
    term = page.locator('.bd-article a[href*="glossary.html#"][title]').first
    term.click()
    box = page.locator(".samarkand-entries")
    meaning = str(term.get_attribute("title")).partition(" Russian: ")[0]
    assert box.locator("p").first.inner_text() == f"{term.inner_text()}: {meaning}"
    assert page.url.endswith("05_taking_sides.html"), "she has not left the page"
    box.get_by_role("button", name="Close").click()
    assert box.count() == 0
    term.click()
    wanted = str(term.get_attribute("href")).rpartition("#")[2]
    box.get_by_role("link", name="Its entry in the glossary").click()
    assert page.url.endswith(f"/docs/glossary.html#{wanted}")


def test_a_lesson_answers_without_a_kernel(page: Any, address: str) -> None:
    page.goto(f"{address}/lessons/03_the_sco.html")
    words = page.locator("table.dataframe td", has_text=re.compile("[a-z]{4}")).first
    assert words.evaluate("cell => getComputedStyle(cell).textAlign") == "left"
    ask = page.locator(".sam-ask").first
    result = page.locator('.sam-see[data-id="03.members"]')
    veiled = page.locator(".sam-veiled")
    before = veiled.count()
    assert before and not veiled.first.is_visible(), "a result stands before its question is answered"
    for field, number in (("guess", "9"), ("low", "7"), ("high", "8")):
        ask.locator(f"[name={field}]").fill(number)
    ask.get_by_role("button", name="Save my prediction").click()
    assert ask.get_by_role("status").inner_text() == "Your guess is outside your range."
    ask.locator("[name=guess]").fill("7")
    ask.get_by_role("button", name="Save my prediction").click()
    assert result.inner_text() == "You expected 7, from 7 to 8. The result is 8 members, inside your range."
    assert 0 < veiled.count() < before
    page.reload()
    assert result.inner_text().endswith("inside your range."), "what was saved is there the next day"

    quiz = page.locator(".sam-quiz").first
    quiz.get_by_label("Is it growing?").press("Space")  # below a mouse the page may still move
    quiz.get_by_role("button", name="Check my answer").press("Enter")
    assert quiz.get_by_role("status").inner_text().startswith("Not yet. ")

    explorer = page.locator(".sam-explorer").first
    explorer.scroll_into_view_if_needed()
    card = explorer.locator(".sam-card")
    explorer.locator("select").first.wait_for()
    shown = card.inner_text()
    explorer.locator("select").first.select_option(index=1)
    assert card.inner_text() != shown

    page.get_by_role("button", name="Show the result").nth(1).click()
    page.locator("iframe.map").first.scroll_into_view_if_needed()
    frame = page.frame_locator("iframe.map").first
    frame.locator("input[type=range]").first.wait_for()


def test_a_prediction_that_is_refused_marks_the_field_and_goes_there(page: Any, address: str) -> None:
    page.goto(f"{address}/lessons/03_the_sco.html")
    ask = page.locator(".sam-ask").first
    ask.locator("[name=guess]").fill("abc")
    ask.get_by_role("button", name="Save my prediction").click()
    assert page.evaluate("document.activeElement.name") == "guess"
    refused = ask.locator("[aria-invalid=true]")
    assert [field.get_attribute("name") for field in refused.all()] == ["guess", "low", "high"]
    for field in ("guess", "low", "high"):
        ask.locator(f"[name={field}]").fill("7")
    ask.get_by_role("button", name="Save my prediction").click()
    assert refused.count() == 0


def test_who_only_reads_sees_all_results_on_every_page(page: Any, address: str) -> None:
    page.goto(f"{address}/lessons/03_the_sco.html")
    assert page.locator(".sam-veiled").count()
    page.get_by_label("I only read: show all results").check()
    page.wait_for_load_state("load")
    page.goto(f"{address}/lessons/04_china_and_russia.html")
    page.locator(".sam-ask fieldset").first.wait_for()
    assert page.locator(".sam-veiled").count() == 0
    assert page.get_by_label("I only read: show all results").is_checked()
    page.evaluate("localStorage.clear()")


def test_paper_has_each_map_unscrolled_and_nothing_folded(page: Any, address: str) -> None:
    page.goto(f"{address}/lessons/03_the_sco.html")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Control")
    page.wait_for_load_state("networkidle")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    stills = page.locator(".sam-still")
    assert stills.count() and all(
        one.evaluate("e => e.complete && e.naturalWidth > 0 && e.getBoundingClientRect().height > 100")
        for one in stills.all()
    )
    assert page.locator(".bd-article details:not([open])").count() == 0
    code = page.locator(".bd-article details.hide .cell_input")
    assert code.count() and {one.evaluate("e => getComputedStyle(e).opacity") for one in code.all()} == {"1"}
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".bd-article details:not([open])").count()


def test_a_chart_lies_on_the_ground_of_a_dark_page(browser: Any, address: str) -> None:
    page = browser.new_page(color_scheme="dark")
    page.goto(f"{address}/lessons/02_reading_the_article.html")
    chart = page.locator("img.chart").first
    look = chart.evaluate("e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).filter]")
    page.close()
    assert look == ["rgba(0, 0, 0, 0)", "none"], "else pale letters are on a pale plate"


def test_each_chart_and_map_has_a_page_of_its_own(page: Any, address: str, site: Path) -> None:
    pages = sorted((site / "pictures").glob("*.html"))
    linked = [
        lead
        for path in (site / "lessons").glob("*.html")
        for lead in read(path).leads
        if lead.startswith("../pictures/")
    ]
    assert sorted(linked) == [f"../pictures/{path.name}" for path in pages] and len(pages) > 35
    assert not (site / "pictures" / "11_briefing-own-chart.html").exists(), "it asks what it shows"
    page.goto(f"{address}/pictures/04_china_and_russia-oil-chart.html")
    assert page.get_by_label("Embed").input_value().startswith(f'<img src="{ADDRESS}_static/charts/')
    assert f"{ADDRESS}pictures/04_china_and_russia-oil-chart.html" in page.get_by_label("Cite").input_value()
    assert page.locator("main img").evaluate("e => e.complete && e.naturalWidth") > 300
    assert [one["id"] for one in Axe().run(page).response["violations"] if one["impact"] in SERIOUS] == []
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


#: Pages that are unlike one another, each as another reader sees it: width in px and colours.
READ = [
    ("index", 1400, "dark"),
    ("index", 320, "light"),
    ("lessons/03_the_sco", 1400, "light"),
    ("lessons/05_taking_sides", 360, "dark"),
    ("lessons/07_kazakhstan", 320, "light"),
    ("pictures/05_taking_sides-votes-map", 360, "light"),
    ("docs/glossary", 360, "dark"),
    ("docs/teaching/05", 1400, "dark"),
    ("teachers", 360, "light"),
]


@pytest.mark.parametrize(("name", "width", "colours"), READ)
def test_nothing_stands_in_the_way_of_a_screen_reader(
    browser: Any, address: str, name: str, width: int, colours: str
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=colours)
    page.goto(f"{address}/{name}.html")
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    page.wait_for_timeout(500)
    found = Axe().run(page).response["violations"]
    sideways = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.close()
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in SERIOUS] == []
    assert sideways <= 0


def test_no_cell_of_headings_is_empty(site: Path) -> None:
    empty = re.compile(r"<th(?: [^>]*)?>(?:\s|<p>|</p>)*</th>")
    pages = [page for page in site.rglob("*.html") if empty.search(page.read_text(encoding="utf-8"))]
    assert [str(page.relative_to(site)) for page in pages] == []


@pytest.mark.parametrize("lesson", lessons.find_lessons(), ids=lambda path: path.stem)
def test_no_number_touches_its_neighbour(page: Any, address: str, lesson: Path) -> None:
    page.goto(f"{address}/lessons/{lesson.stem}.html")
    assert [near for width in (1400, 700, 360) for near in tour.touching(page, width)] == []


@pytest.mark.parametrize("name", ["lessons/08_borders", "data/trip", "index"])
def test_a_narrow_page_does_not_scroll_sideways(page: Any, address: str, name: str) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{address}/{name}.html")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_what_cannot_be_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.txt").touch()
    with pytest.raises(CourseError) as stranger:
        build.build_site(tmp_path)
    assert (stranger.value.code, stranger.value.fields["folder"]) == ("no site", tmp_path)
    assert (tmp_path / "mine.txt").is_file()
    monkeypatch.setattr(build, "find_spec", lambda name: None)
    with pytest.raises(CourseError) as lacking:
        build.build_site(tmp_path / "new")
    assert (lacking.value.code, lacking.value.fields["program"]) == ("not installed", "sphinx")


def test_links_hold_on_the_site() -> None:
    text = "[a](../notebooks/01_the_trip.ipynb#Half), [b](../tests), [c](https://x.org/) and [d](#The-End)"
    assert build.convert_links(text, "docs/a.md", "docs/a.md", "") == (
        "[a](../lessons/01_the_trip.ipynb#half), b, [c](https://x.org/) and [d](#the-end)"
    )
    assert "[b](https://x.org/r/blob/main/tests)" in build.convert_links(
        text, "docs/a.md", "docs/a.md", "https://x.org/r"
    )


def test_a_link_to_a_cell_of_a_notebook_leads_to_the_cell_on_the_site() -> None:
    text = "| [06.1](../../notebooks/06_roads.ipynb#cell-id=shih-stub) |"
    expected = '| <a href="../../lessons/06_roads.html#cell-id=shih-stub">06.1</a> |'
    assert build.convert_links(text, "docs/teaching/06.md", "docs/teaching/06.md", "") == expected


def test_each_link_of_a_plan_has_its_cell_on_the_built_page(site: Path) -> None:
    led = 0
    for page in sorted((ROOT / "docs" / "teaching").glob("[0-9]*.md")):
        lines = page.read_text(encoding="utf-8").splitlines()
        rows = [line for line in lines if re.match(r"\| \d+-\d+ \|.*#cell-id=", line)]
        assert rows, page.name
        for lesson, cell in re.findall(r"notebooks/(\w+)\.ipynb#cell-id=([\w-]+)", "\n".join(rows)):
            text = (site / "lessons" / f"{lesson}.html").read_text(encoding="utf-8")
            assert text.count(f'id="cell-id={cell}"') == 1, f"{page.name}: {cell}"
            shown = (site / "docs" / "teaching" / f"{page.stem}.html").read_text(encoding="utf-8")
            assert f'lessons/{lesson}.html#cell-id={cell}"' in shown
            led += 1
    assert led > 200
