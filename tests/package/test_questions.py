"""Questions as data: in form, whole, once; texts for translators; a damaged file is a sentence."""

import re
import shutil
import tomllib
from collections.abc import Iterator
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import pytest

from samarkand.common.errors import CourseError, DamagedData
from samarkand.common.home import ROOT
from samarkand.practice import questions
from tools.author import rules_of_words

QUIZ = """
[quiz."03.size"]
text = "How large is the club?"
options = [
  { text = "Eight members", right = true },
  { text = "Five members", hint = "Who came in 2001 and later?" },
]
why = "Two came in 2017."
[quiz."03.size".tied]
"2017" = "TL030.day"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of questions with one valid file."""
    (tmp_path / "sco.toml").write_text(QUIZ, encoding="utf-8")
    monkeypatch.setattr(questions, "FOLDER", tmp_path)
    return tmp_path


@pytest.mark.parametrize("path", questions.files(), ids=lambda path: path.stem)
def test_the_files_of_the_course_are_in_order(path: Path) -> None:
    found = rules_of_words.faults(path)
    assert not found, "\n".join(found)


def test_nobody_is_asked_to_guess_how_many_died() -> None:
    for prediction in questions.every("predict").values():
        assert not re.search(r"\bdied\b|\bdead\b|\bdeath", prediction.text)


#: (text, slip, expected message), one per line of the file.
SLIPS = Path(__file__).with_name("question_slips.txt").read_text(encoding="utf-8").splitlines()
SLIPS = [line.replace("\\n", "\n").split(" ~ ") for line in SLIPS]


@pytest.mark.parametrize(("old", "new", "says"), SLIPS)
def test_a_file_that_is_not_in_order_is_told(old: str, new: str, says: str, tmp_path: Path) -> None:
    assert old in QUIZ
    path = tmp_path / "sco.toml"
    path.write_text(QUIZ.replace(old, new, 1), encoding="utf-8")
    found = rules_of_words.faults(path)
    assert any(says in sentence and sentence.startswith("sco.toml: ") for sentence in found), found


def test_two_files_with_one_id_are_a_sentence(folder: Path) -> None:
    assert list(questions.every("quiz")) == ["03.size"]
    shutil.copy(folder / "sco.toml", folder / "trade.toml")
    with pytest.raises(CourseError, match=r"Two questions have the id 03\.size"):
        questions.every("quiz")


@pytest.mark.parametrize("damaged", [b"[quiz", b"\xff\xfe", b'[quiz."03.x"]\ntext = "So?"', b'quiz = "03.x"'])
def test_a_damaged_file_is_a_sentence_that_names_it(damaged: bytes, folder: Path) -> None:
    (folder / "sco.toml").write_bytes(damaged)
    with pytest.raises(DamagedData, match=r"The file sco\.toml is damaged\. Get a fresh copy of"):
        questions.every("quiz")


#: Contraries: the one in the name of a mistake is what was done, which its reason says first.
CONTRARY = [r"\b(?:first|second|last)\b", r"\b(?:earli|lat)er\b", r"\bbe[gi]|\bend", r"\b(?:im|ex)port"]
CONTRARY += [r"\bbought\b|\bsold\b", r"\blargest\b|\bsmallest\b", r"\bbefore\b|\bafter\b"]
SETS = sorted((ROOT / "exercises" / "checks").glob("*.toml"))


def share(name: str, reason: str) -> float:
    """Return the share of a mistake's name that is in a reason, by the first four letters of each word."""
    named, said = ({word[:4] for word in re.findall(r"[a-z]{3,}", one.lower())} for one in (name, reason))
    return len(named & said) / len(named) if named else 0.0


def unfit(wrong: dict[str, str], excluded: dict[str, str]) -> Iterator[str]:
    """Yield each mistake whose reason fits another better, or asks for the contrary."""
    for (one, says), (other, its) in permutations(wrong.items(), 2):
        if share(other, says) > share(one, says) and share(one, its) >= share(other, its):
            yield one
    for name, says in wrong.items():
        of = [[re.findall(w, text.lower()) for text in (name.replace("_", " "), says)] for w in CONTRARY]
        if any(len({*named}) == 1 and said and said[0] not in named for named, said in of):
            yield name
        if any(two not in excluded.get(name, two) for two in re.findall(r"\w+ minus \w+", says)):
            yield name


def read(path: Path) -> list[dict[str, Any]]:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    return [one for one in content.get("task", content).values() if "hint" in one]


@pytest.mark.parametrize("path", [*questions.files(), *SETS], ids=lambda path: path.stem)
def test_a_reason_is_that_of_its_mistake_and_a_hint_that_of_its_task(path: Path) -> None:
    tasks = read(path)
    assert not [name for one in tasks for name in unfit(one.get("wrong", {}), one.get("excluded_by", {}))]
    assert len({one["hint"] for one in tasks}) == len(tasks)
    assert path not in SETS or not re.search(r"\w\(|\*\*", " ".join(one["hint"] for one in tasks))


def test_most_reasons_that_are_swapped_and_contraries_are_seen() -> None:
    wrongs = [one.get("wrong", {}) for path in (*questions.files(), *SETS) for one in read(path)]
    pairs = [(wrong, *two) for wrong in wrongs for two in combinations(wrong, 2)]
    seen = [any(unfit({**wrong, a: wrong[b], b: wrong[a]}, {})) for wrong, a, b in pairs]
    assert len(seen) > 700 and sum(seen) > 0.85 * len(seen)
    assert [*unfit({"of_first": "You divided by the second count, and not by the first."}, {})]
    assert [*unfit({"sign": "It asks for exports minus imports."}, {"sign": "imports minus exports"})]
