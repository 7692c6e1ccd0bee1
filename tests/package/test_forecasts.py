"""The student's forecasts are kept whatever happens."""

import contextlib
import datetime as dt
import json
import os
import re

import pytest

from samarkand import forecasts
from samarkand.ground.errors import CourseError, DamagedData, OutOfRange, UnknownName, WrongType

NOON = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def work(tmp_path, monkeypatch):
    folder = tmp_path / "my work ä"
    monkeypatch.setenv("SAMARKAND_WORK", str(folder))
    return folder


def test_questions_are_eight_and_settled_before_anybody_takes_the_course():
    assert list(forecasts.questions()) == [f"F{n}" for n in range(1, 9)]
    for q in forecasts.questions().values():
        assert q.text.startswith("Will ") and q.text.endswith("?")
        assert len(q.rule) > 40
        assert dt.date(2022, 9, 12) < q.by <= dt.date(2023, 1, 31)
        assert all(c.startswith("CL") for c in q.claims)


def test_no_file_is_no_forecast_and_no_error():
    assert forecasts.history() == []
    assert forecasts.latest() == {}
    frame = forecasts.table()
    assert list(frame.columns) == ["question", "text", "by", "probability", "reason", "written"]
    assert len(frame) == 0
    assert frame["by"].dtype == "datetime64[s]"


def test_saving_makes_the_folder_and_reads_back():
    assert forecasts.save({"F2": ("80 %", " They have every reason. "), "F1": (0.97, "")}, now=NOON) == 2
    assert forecasts.latest() == {
        "F1": forecasts.Forecast("F1", 0.97, "", "2026-11-25T12:00:00+00:00"),
        "F2": forecasts.Forecast("F2", 0.8, "They have every reason.", "2026-11-25T12:00:00+00:00"),
    }
    frame = forecasts.table()
    assert list(frame["question"]) == ["F1", "F2"]
    assert list(frame["probability"]) == [0.97, 0.8]


def test_saving_twice_adds_nothing_and_a_changed_mind_keeps_the_older_entry(work):
    forecasts.save({"F2": (0.8, "ж 中")}, now=NOON)
    before = forecasts.path().read_bytes()
    assert forecasts.save({"F2": ("80%", "ж 中")}) == 0
    assert forecasts.path().read_bytes() == before
    assert forecasts.save({"F2": (0.6, "ж 中")}, now=NOON + dt.timedelta(days=1)) == 1
    assert [e.probability for e in forecasts.history()] == [0.8, 0.6]
    assert forecasts.latest()["F2"].probability == 0.6
    assert "ж 中" in forecasts.path().read_text(encoding="utf-8")
    assert [p.name for p in work.iterdir()] == ["forecasts.json"]


def test_one_bad_forecast_saves_none():
    forecasts.save({"F1": (0.5, "")}, now=NOON)
    with pytest.raises(UnknownName, match='No question "F9"'):
        forecasts.save({"F2": (0.5, ""), "F9": (0.5, "")})
    with pytest.raises(OutOfRange, match=r"between 0 and 1, or 0 % and 100 %; 1\.3 does not"):
        forecasts.save({"F2": (0.5, ""), "F3": (1.3, "")})
    assert list(forecasts.latest()) == ["F1"]


@pytest.mark.parametrize(
    ("value", "share"),
    [(0, 0.0), (1, 1.0), ("0,7", 0.7), (" 100 % ", 1.0), ("7%", 0.07), (0.123456789, 0.123457)],
)
def test_probabilities_that_are_understood(value, share):
    assert forecasts.as_probability(value) == share


@pytest.mark.parametrize("value", [1.3, -0.1, 70, "101 %"])
def test_probabilities_out_of_range(value):
    with pytest.raises(OutOfRange, match="A probability lies between 0 and 1"):
        forecasts.as_probability(value)


@pytest.mark.parametrize("value", ["maybe", "", None, True, [0.5], "%", float("nan"), float("inf")])
def test_probabilities_that_are_no_numbers(value):
    with pytest.raises(WrongType, match="Only a number can be scored"):
        forecasts.as_probability(value)


def test_per_cents_of_the_form():
    typed = {"0": 0, "70": 0.7, "70 %": 0.7, "100": 1, "45,7": 0.457, "0,7 %": 0.007, "'12.5'": 0.125}
    assert {text: forecasts.as_per_cent(text) for text in typed} == typed
    with pytest.raises(OutOfRange, match=r"^0\.7 can mean 70 % or less than 1 %\. Write 70, or 0\.7 %\.$"):
        forecasts.as_per_cent("0,7")
    for text in ("130", "-5"):
        with pytest.raises(OutOfRange, match=rf"^{text} % cannot be\. Write a number from 0"):
            forecasts.as_per_cent(text)
    with pytest.raises(WrongType, match="maybe"):
        forecasts.as_per_cent("maybe")


def test_what_a_sentence_tells_to_write_is_understood():
    """So that nobody is told to write what is then refused."""
    for text in ("0.7", "0,5", "1,200", "maybe"):
        with pytest.raises(CourseError) as error:
            forecasts.as_per_cent(text)
        for told in re.findall(r"(?:Write|such as|or) (\d+(?:\.\d+)?(?: %)?)", str(error.value)):
            with contextlib.suppress(OutOfRange):  # 1200 is a number, though no per cent
                assert 0 <= forecasts.as_per_cent(told) <= 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"format": 1, "forecasts": [{"question": "F1", "probab',
        b"[]",
        b"null",
        b'{"format": 1}',
        b'{"format": 1, "forecasts": 7}',
        b'{"format": 1, "forecasts": [{"question": "F1", "probability": 1.3, "reason": "", "written": ""}]}',
        b'{"format": 1, "forecasts": '
        b'[{"question": "F1", "probability": "0.3", "reason": "", "written": ""}]}',
        b'{"format": 1, "forecasts": [{"question": 1, "probability": 0.3, "reason": "", "written": ""}]}',
        b"\xff\xfe\x00",
    ],
)
def test_a_damaged_file_is_kept_under_another_name(work, content):
    work.mkdir()
    forecasts.path().write_bytes(content)
    with pytest.raises(DamagedData, match=r"forecasts\.json cannot be read"):
        forecasts.latest()
    with pytest.raises(DamagedData):
        forecasts.save({"F1": (0.5, "")})
    assert forecasts.path().read_bytes() == content
    sentence = forecasts.rescue(now=NOON)
    aside = work / "forecasts.damaged-20261125-120000.json"
    assert str(aside) in sentence and "new forecasts go into a new file" in sentence
    assert aside.read_bytes() == content
    assert forecasts.save({"F1": (0.5, "")}) == 1
    assert forecasts.rescue() == ""


def test_two_damaged_files_in_one_second_are_both_kept(work):
    work.mkdir()
    for content in (b"one", b"two", b"three"):
        forecasts.path().write_bytes(content)
        forecasts.rescue(now=NOON)
    assert sorted(p.read_bytes() for p in work.iterdir()) == [b"one", b"three", b"two"]


def test_a_file_of_a_newer_course_is_not_touched(work):
    work.mkdir()
    content = json.dumps({"format": 2, "anything": []}).encode()
    forecasts.path().write_bytes(content)
    for act in (forecasts.latest, forecasts.rescue, lambda: forecasts.save({"F1": (0.5, "")})):
        with pytest.raises(DamagedData, match="newer version of the course"):
            act()
    assert forecasts.path().read_bytes() == content


def test_a_crash_while_writing_leaves_the_old_file(work, monkeypatch):
    forecasts.save({"F1": (0.5, "")}, now=NOON)
    before = forecasts.path().read_bytes()

    def full(_fd):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CourseError, match=r"could not be saved .* No space left on device"):
        forecasts.save({"F1": (0.6, "")})
    assert forecasts.path().read_bytes() == before
    assert [p.name for p in work.iterdir()] == ["forecasts.json"]


def test_a_folder_that_is_a_file_gets_a_sentence(work):
    work.write_text("not a folder")
    with pytest.raises(CourseError, match="Your forecasts"):
        forecasts.save({"F1": (0.5, "")})
