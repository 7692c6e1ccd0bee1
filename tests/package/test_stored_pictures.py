"""A chart as the lesson has it gets its stored picture at run time, where a program draws no charts."""

import copy
from collections.abc import Iterator
from typing import Any
from unittest import mock

import bs4
import nbformat
import pytest

from samarkand import charts, data
from samarkand.common import home
from samarkand.lab import stored_pictures
from samarkand.lab.offline_charts import MIME
from samarkand.lab.stored_pictures import PNG

LESSON = "04_china_and_russia"


def show(chart: Any) -> list[tuple[dict, dict]]:
    """Return what a notebook stores for a chart: data and metadata of each output."""
    shown = []

    def note(data: dict, *, raw: bool, metadata: dict | None = None) -> None:
        assert raw
        shown.append((data, metadata or {}))

    with mock.patch("IPython.display.display", note):
        chart._ipython_display_()
    return shown


def stored() -> Iterator[dict]:
    """Yield the data of each chart that is stored in the lesson."""
    notebook = nbformat.read(home.LESSONS / f"{LESSON}.ipynb", as_version=4)
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if MIME in output.get("data", {}):
                yield output["data"]


@pytest.mark.parametrize(
    "name", [f"{LESSON}.ipynb", f"/home/ada/my_work/lessons/{LESSON}.new.ipynb", "/home/ada/my_work/lessons/"]
)
def test_each_chart_of_the_open_lesson_has_its_picture(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Classic Notebook names the folder alone."""
    monkeypatch.setenv("JPY_SESSION_NAME", name)
    found = [(stored_pictures.find_picture(one[MIME]), one[stored_pictures.PNG]) for one in stored()]
    assert len(found) > 3 and all(picture and picture == kept for picture, kept in found)


def test_a_changed_chart_and_another_notebook_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    first = next(stored())[MIME]
    changed = copy.deepcopy(first)
    changed["description"] = "another"
    monkeypatch.setenv("JPY_SESSION_NAME", f"{LESSON}.ipynb")
    assert stored_pictures.find_picture(changed) == ""
    for name in ("mine.ipynb", "03_the_sco.ipynb"):
        monkeypatch.setenv("JPY_SESSION_NAME", name)
        assert stored_pictures.find_picture(first) == ""
    monkeypatch.delenv("JPY_SESSION_NAME")
    assert stored_pictures.find_picture(first) == ""


def test_a_chart_is_shown_with_the_picture_that_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    people = data.load("indicators").query("indicator == 'population_persons' and year == 2021").head(3)
    chart = charts.bars(people, "iso3", "value", title="Three", source="World Bank")
    ((shown, metadata), *_) = show(chart)
    assert MIME in shown and PNG not in shown and metadata == {}
    monkeypatch.setattr(stored_pictures, "find_picture", lambda specification: "AAAA")
    ((shown, metadata), *_) = show(chart)
    said = shown[MIME]["description"]
    assert said and shown[PNG] == "AAAA" and MIME in shown and "text/html" not in shown
    assert metadata == {PNG: {"alt": said}}, "as the lesson is stored"


def test_in_classic_notebook_the_picture_is_read_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """It makes an image of a PNG without any alt text, whatever the metadata say; HTML it leaves as it is."""
    monkeypatch.setenv("JPY_SESSION_NAME", "/home/ada/my_work/lessons/")
    monkeypatch.setattr(stored_pictures, "find_picture", lambda specification: "AAAA")
    people = data.load("indicators").query("indicator == 'population_persons' and year == 2021").head(3)
    ((shown, _), *_) = show(charts.bars(people, "iso3", "value", title='"A" <b>', source="World Bank"))
    picture = bs4.BeautifulSoup(shown["text/html"], "html.parser").img
    assert picture is not None and picture["alt"] == shown[MIME]["description"]
    assert picture["src"] == "data:image/png;base64,AAAA"
