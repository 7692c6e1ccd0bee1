"""A place to write: a field in a lesson, kept as the student leaves it, and shown again where it is needed.

Notes are kept in the journal ``my_work/notes.jsonl``; a changed one is added, and the older ones stay.
"""

import re

from samarkand.common import journal
from samarkand.common.errors import CourseError, WrongType
from samarkand.common.words import tr, trn
from samarkand.html import markup
from samarkand.html.markup import escape_html, make_element
from samarkand.practice import questions
from samarkand.practice.by_code import write_as_typed
from samarkand.practice.form import Form
from samarkand.practice.questions import Note
from samarkand.practice.reply import Reply
from samarkand.sources import KEY, cite
from samarkand.widgets import controls

JOURNAL = "notes"
INVITATION = controls.write_invitation(tr("To write"))


class Paper(Form):
    """A question, a field to write in, and a button that saves; a saved text is read back.

    Further paragraphs unfold once something was saved.
    """

    def __init__(self, asked: Note) -> None:
        self._asked = asked
        self._field = controls.Field(
            tr("Your words"), asked.text, width="820px", lines=asked.lines, placeholder=tr("Write here")
        )
        save = controls.make_button(
            tr("Save"), tr("Save what you wrote: {question}", question=asked.text), self.save
        )
        self._field.watch(self.forget_reply)
        self._then = controls.make_html()
        then = [_cite_sources(text) for text in asked.then]
        paragraphs = make_element("div", *map(_write_paragraph, then), class_="said")
        others = escape_html(tr("What others think: read this after you have written your own answer"))
        more = markup.fold_markup(others, paragraphs) if then else ""
        super().__init__(
            [controls.make_heading(asked.text), self._field, save],
            below=[self._then],
            still=controls.question_card(asked.text, (), INVITATION, more=more),
            sentence=" ".join([asked.text, INVITATION, *then]),
        )
        self._paragraphs = make_element("div", paragraphs, class_="card") if then else ""
        written = journal.read_journal(JOURNAL)
        own = [entry for entry in written.entries if entry["id"] == asked.id]
        back = ""
        if own:
            self._field.write(_read_text(own[-1]))
            self._unfold()
            back = tr("Saved earlier, on {day}.", day=journal.day_of(own[-1]["at"]))
        self.line.read_back(written.trouble, back)

    def without_controls(self) -> tuple[str, str]:
        """Return the question for a program without controls, and the line that saves a text."""
        code = f'note("{self._asked.id}", "...")'
        more = str(self._then.value)
        return controls.answered_by_code(self._asked.text, (), code, self.line, more=more)

    @property
    def filled(self) -> dict[str, object]:
        """The text in the field."""
        return {"text": self._field.text}

    @property
    def unfolded(self) -> str:
        """What others think, as HTML; empty until something was saved."""
        return str(self._then.value)

    def fill(self, text: str) -> None:
        """Type a text into the field, for tests and saved answers."""
        self._field.write(text)

    def save(self) -> Reply:
        """Save the content of the field, and return the reply."""
        text = self._field.text
        if not text:
            return self.answer_with(tr("Nothing to save yet: the field is empty."), "open")
        own = journal.read_latest(JOURNAL).get(self._asked.id)
        if own is None or _read_text(own) != text:
            try:
                journal.add_entry(JOURNAL, self._asked.id, text=text)
            except CourseError as error:
                return self.answer_with(str(error), "wrong")
        self._unfold()
        return self.answer_with(trn("Saved: {n} word.", "Saved: {n} words.", len(text.split())), "right")

    def _unfold(self) -> None:
        self._then.value = self._paragraphs


def note(id: str, text: str = "") -> Paper:
    """Return a place to write.

    Parameters
    ----------
    id : str
        The lesson's number and a word: ``"05.sides"``.
    text : str, optional
        Saves this text at once: for a program that shows no field to write in.

    Returns
    -------
    Paper
        A box of widgets; what it saves is added to ``my_work/notes.jsonl``.

    Raises
    ------
    UnknownName
        If there is no such note.

    Examples
    --------
    >>> note("05.sides").fill("It sends arms.")
    """
    paper = Paper(questions.find_question("note", id))
    try:
        typed = write_as_typed(text, tr("A note"))
    except WrongType as error:
        paper.answer_with(str(error), "wrong")
        return paper
    if typed:
        paper.fill(typed)
        paper.save()
    return paper


def recall(id: str) -> controls.Notice:
    """Return the student's text of an earlier note, or a sentence that there is none.

    Parameters
    ----------
    id : str
        The id of a note.

    Raises
    ------
    UnknownName
        If there is no such note.
    """
    asked: Note = questions.find_question("note", id)
    own = journal.read_latest(JOURNAL).get(id)
    sentence = tr("You did not write anything here. That is fine.")
    if own:
        sentence = tr("You wrote: {text}", text=f"\u201c{_read_text(own)}\u201d")
    still = tr("Run this cell to see what you wrote: {question}", question=asked.text)
    return controls.Notice(sentence, "open", still=still)


def _read_text(entry: dict[str, object]) -> str:
    text = entry.get("text")
    return text if isinstance(text, str) else ""


def _cite_sources(text: str) -> str:
    """Replace the keys of sources in a text by publisher and day."""
    return re.sub(rf"\[({KEY})\]", lambda found: f"({cite[found[1]].who_and_when})", text)


def _write_paragraph(text: str) -> str:
    """Return a paragraph as HTML; text between two pairs of stars is bold."""
    parts = re.split(r"\*\*(.+?)\*\*", text)
    return make_element(
        "p",
        "".join(
            make_element("b", escape_html(part)) if n % 2 else escape_html(part)
            for n, part in enumerate(parts)
        ),
    )
