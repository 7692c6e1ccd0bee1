"""The student's forecasts are kept whatever happens."""

import contextlib
import datetime as dt
import re

import pytest

from samarkand.ground.errors import CourseError, OutOfRange, UnknownName, WrongType
from samarkand.practice import forecasts


def test_questions_are_eight_and_settled_before_anybody_takes_the_course():
    assert list(forecasts.questions()) == [f"F{n}" for n in range(1, 9)]
    for q in forecasts.questions().values():
        assert q.text.startswith("Will ") and q.text.endswith("?")
        assert len(q.rule) > 40
        assert dt.date(2022, 9, 12) < q.by <= dt.date(2023, 1, 31)


def test_saving_twice_adds_nothing():
    assert [forecasts.save({"F2": (share, "ж 中")}) for share in (0.8, 0.8, 0.6)] == [1, 0, 1]
    assert forecasts.latest()["F2"].probability == 0.6


def test_one_bad_forecast_saves_none():
    forecasts.save({"F1": (0.5, "")})
    with pytest.raises(UnknownName, match='No question "F9"'):
        forecasts.save({"F2": (0.5, ""), "F9": (0.5, "")})
    with pytest.raises(OutOfRange, match=r"between 0 and 1; 1\.3 does not"):
        forecasts.save({"F2": (0.5, ""), "F3": (1.3, "")})
    assert list(forecasts.latest()) == ["F1"]


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
