"""Numbers as people type them are understood, or a sentence says how to write them."""

import pytest

from samarkand.answers import decode, kinds
from samarkand.answers.typed_numbers import NotANumber, TypedNumber, read_number
from samarkand.practice.tasks import check


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("45,7", 45.7), (" 45.7 ", 45.7), (".5", 0.5), (",5", 0.5), ("5.", 5), ("5,", 5), ("0,125", 0.125)),
        *(("1 200", 1200), ("1\u00a0200,5", 1200.5), ("1'200", 1200), ("1\u202f200 300", 1200300)),
        *(("1,234.5", 1234.5), ("1.234,5", 1234.5), ("1,234,567", 1234567), ("1.234.567", 1234567)),
        *(("'3'", 3), ('"45,7"', 45.7), ("\u201e45,7\u201c", 45.7), ("\u00ab 8 \u00bb", 8), ("1e3", 1000)),
        *(
            ("-8", -8),
            ("\u2212 8", -8),
            ("+8", 8),
            ("\uff14\uff15", 45),
            ("9 133 km", 9133),
            ("9133KM", 9133),
        ),
    ],
)
def test_what_is_understood(text: str, value: float) -> None:
    assert read_number(text, "km") == TypedNumber(value, per_cent=False)


def test_a_per_cent_sign_is_seen() -> None:
    for text in ("45.7 %", "45,7%", "'45.7 %'", "45.7 per cent", "45.7 percent"):
        assert read_number(text) == TypedNumber(45.7, per_cent=True)


@pytest.mark.parametrize(
    ("text", "code", "repeats"),
    [
        ("1,200", "two readings", "1200 or 1.200"),
        *((two, "two numbers", two) for two in ("5 to 9", "5\u20139", "12 34")),
        *((no, "no number", no) for no in ("many", "", "%", "nan", "inf", "-", "--3", "$5", "9 miles", "'")),
        (" ", "no number", "“”"),
        ("1e999", "too large", "1e999"),
        ("x" * 5000, "no number", "x\u2026”"),
        ("1" * 101, "no number", "1\u2026”"),
    ],
)
def test_what_is_explained(text: str, code: str, repeats: str) -> None:
    with pytest.raises(NotANumber) as error:
        read_number(text, "km")
    assert error.value.code == code
    assert repeats in str(error.value) and len(str(error.value)) < 120


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ((45, 7), "This is a row of 2 values; expected was a number (per cent). Python takes a comma for "
         "the end of a number. Is 45.7 meant?"),
        ("45,7", "Take the quotes away, and write 45.7."),
        ("45.7 %", "Take the quotes away, and write 45.7."),
        ("1 200", "Take the quotes away, and write 1200."),
        ((1, 200), "Is 1.200 or 1200 meant?"),
        ((-45, 7), "Is -45.7 meant?"),
        ((45, 7, 1), "write 290,000 as 290000."),
    ],
)  # fmt: skip
def test_check_explains_commas_quotes_and_per_cent_signs(answer: object, says: str) -> None:
    with pytest.raises(kinds.WrongForm) as error:
        kinds.PerCent(0.1).read(decode.make_plain(answer))
    assert str(error.value).endswith(says)
    assert says in check("03.5", answer).sentence


def test_a_text_without_digits_is_no_slip_of_typing() -> None:
    with pytest.raises(kinds.WrongForm):
        kinds.PerCent(0.1).read(decode.make_plain("yes"))
    assert "Your line makes a text" in check("03.5", "yes").sentence


@pytest.mark.parametrize("answer", ['"P02"', "'P02'", "\u201eP02\u201c"])
def test_quotes_within_quotes_are_explained(answer: str) -> None:
    assert check("00.7", answer).sentence.endswith("One pair around the text is enough.")
    assert check("00.7", answer[1:-1])
