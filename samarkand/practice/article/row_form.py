"""A form for one of the student's tables: a row at a time, with lists where only some words are allowed."""

import ipywidgets as widgets

from samarkand.common.errors import CourseError
from samarkand.common.words import tr
from samarkand.html import markup
from samarkand.practice import article
from samarkand.practice.form import Form
from samarkand.practice.reply import Reply
from samarkand.widgets import controls

#: Chosen where a new row is to be written.
NEW = -1
#: Letters of a row's first cell that its name in the list has.
MOST_SHOWN = 30
#: Columns that want a long field.
LONG = ("paraphrase", "because", "rule", "text", "title", "link", "paid_by_link", "settled_link")


class RowForm(Form):
    """The rows of a table, a field for each column, and buttons that save a row or take it away.

    What is in the file is shown and stays; only a saved row changes it. A row with a fault is not saved, and
    stays in the fields.

    Parameters
    ----------
    name : str
        The table: a name that `article.path` knows.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._example = article.read_saved_rows(article.TEMPLATES / f"{name}.csv")
        self._columns = list(self._example[0])
        title = tr("{name}.csv, a row at a time", name=name)
        self._table = controls.make_html()
        self._which = controls.make_dropdown(tr("Row"), [(tr("a new row"), NEW)], NEW)
        self._fields = {column: self._make_field(column) for column in self._columns}
        save = controls.make_button(
            tr("Save the row"), tr("Save this row in {name}.csv", name=name), self.save
        )
        remove = controls.make_button(
            tr("Take it away"), tr("Take this row out of {name}.csv", name=name), self.remove
        )
        invited = controls.write_invitation(tr("To fill in a row"))
        super().__init__(
            [
                controls.make_heading(title),
                self._table,
                self._which,
                *self._fields.values(),
                widgets.HBox([save, remove]),
            ],
            still=controls.question_card(title, self._columns, invited),
            sentence=f"{title} {invited}",
        )
        self._list_rows(NEW)
        self._which.observe(lambda _: self._show_row(), "value")

    def without_controls(self) -> tuple[str, str]:
        """Return the table for a program without controls, and the line that adds a row."""
        code = f'article.add("{self._name}", {self._columns[0]}="...", ...)'
        title = tr("{name}.csv, a row at a time", name=self._name)
        return controls.answered_by_code(title, self._columns, code, self.line, more=self.listed)

    @property
    def filled(self) -> dict[str, object]:
        """What is in the fields, by column."""
        return {**self.row}

    @property
    def listed(self) -> str:
        """The rows that are in the file, as HTML."""
        return str(self._table.value)

    @property
    def row(self) -> dict[str, str]:
        """What is in the fields, by column."""
        found = {}
        for column, field in self._fields.items():
            found[column] = str(field.value if isinstance(field, widgets.Dropdown) else field.text)
        return found

    def choose(self, number: int) -> None:
        """Choose a row of the file by its number, or `NEW`."""
        self._which.value = number

    def fill(self, **cells: str) -> None:
        """Type into fields, for tests and for a chosen row."""
        for column, cell in cells.items():
            field = self._fields[column]
            if isinstance(field, widgets.Dropdown):
                field.value = cell if cell in [value for _, value in field.options] else field.options[0][1]
            else:
                field.write(cell)

    def save(self) -> Reply:
        """Save the row, and return the reply; a row with a fault stays in the fields and is not saved."""
        if not any(self.row[column] for column in self._columns if column not in article.ALLOWED):
            return self.answer_with(tr("Nothing to save yet: the fields are empty."), "open")
        try:
            fault = article.find_fault(self._name, self.row)
            if fault:
                return self.answer_with(tr("Not saved yet. {fault}", fault=fault), "wrong")
            article.replace_row(self._name, self.row, self._which.value)
        except (CourseError, OSError) as error:
            return self.answer_with(tr("Not saved. {why}", why=error), "wrong")
        self._list_rows(NEW)
        said = article.check(self._name)
        return self.answer_with(tr("Saved. {said}", said=said.sentence), said.state)

    def remove(self) -> Reply:
        """Take the chosen row out of the file, and return the reply."""
        if self._which.value == NEW:
            return self.answer_with(tr("Choose a row first."), "open")
        try:
            article.replace_row(self._name, None, self._which.value)
        except (CourseError, OSError) as error:
            return self.answer_with(tr("Not taken away. {why}", why=error), "wrong")
        self._list_rows(NEW)
        return self.answer_with(tr("Taken away."), "open")

    def _make_field(self, column: str) -> widgets.Widget:
        label = column.replace("_", " ")
        if column in article.ALLOWED:
            words = [word for word in article.ALLOWED[column] if word]
            return controls.make_dropdown(
                label, [(tr("choose"), ""), *((word, word) for word in words)], "", tooltip=label
            )
        example = tr("such as {cell}", cell=self._example[0][column] or tr("nothing"))
        width = "820px" if column in LONG else "430px"
        return controls.Field(label, self._name, placeholder=example, width=width)

    def _list_rows(self, chosen: int) -> None:
        """Show the rows of the file, and offer them to be changed."""
        try:
            known = article.own_rows(self._name)
        except CourseError as error:
            known = []
            self.answer_with(str(error), "wrong")
        names = [(self._name_row(number, row), number) for number, row in enumerate(known)]
        self._which.options = [(tr("a new row"), NEW), *names]
        self._which.value = chosen
        shown = [[str(number + 1), *row.values()] for number, row in enumerate(known)]
        empty = markup.make_element("p", markup.escape_html(tr("No row of yours yet.")))
        heads = ["", *(known[0] if known else self._columns)]
        self._table.value = markup.make_table(self._name, heads, shown, broad=True) if shown else empty
        self._show_row()

    def _show_row(self) -> None:
        """Fill the fields with the chosen row; for a new one they are empty, but for its id."""
        known = article.own_rows(self._name) if self._which.value != NEW else []
        row = known[self._which.value] if known else dict.fromkeys(self._columns, "")
        if not known and "id" in row:
            row["id"] = article.next_id(self._name)
        self.fill(**{column: row.get(column, "") for column in self._columns})

    def _name_row(self, number: int, row: dict[str, str]) -> str:
        first = next((cell for cell in row.values() if cell), "")
        short = first if len(first) <= MOST_SHOWN else f"{first[:MOST_SHOWN]}\u2026"
        return tr("{n}: {first}", n=number + 1, first=short)
