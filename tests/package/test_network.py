"""Lesson 09's questions and the second coding, compared with the tables as text."""

from as_text import rows_of

from samarkand.practice import questions

TIES = [row for row in rows_of("ties") if row["in_article"] == "true"]


def test_what_is_expected_lies_between_what_can_be() -> None:
    actors = {row[end] for row in TIES for end in ("actor", "target")}
    for id, most in (("09.place", len(actors)), ("09.drop", len(TIES))):
        assert questions.find("predict", id).high == most, id


def test_the_second_coder_signed_each_tie_of_the_article_once_by_the_rule() -> None:
    second = rows_of("second_coding")
    assert sorted(row["tie"] for row in second) == sorted(row["id"] for row in TIES)
    sign = {
        **dict.fromkeys(("support", "partnership", "contact", "trade"), "1"),
        **dict.fromkeys(("harm", "opposition", "distance"), "-1"),
        **dict.fromkeys(("wish", "place or work"), "0"),
    }
    assert all(sign[row["ground"]] == row["sign"] for row in second)
    codes = {row["tie"]: row["sign"] for row in second}
    assert 0.9 < sum(row["sign"] == codes[row["id"]] for row in TIES) / len(TIES) < 1
