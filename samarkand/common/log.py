"""The student's log in ``my_work``: each answer's day and result; nobody else reads it."""

import datetime as dt

from samarkand.common import journal
from samarkand.common.errors import CourseError
from samarkand.common.spreadsheets import as_csv
from samarkand.common.words import tr

JOURNAL = "log"
#: Columns of the exported CSV.
COLUMNS = ("at", "id", "result", "points", "out_of")


def log_result(id: str, result: str, **more: float) -> str:
    """Log the result of an answer (``"right"``, ``"wrong"``) or a set (``"marked"``, with its points).

    Every run with a wrong answer is logged, since `count_runs` counts them; any other result once a day as
    long as it stays the same. Returns a sentence if the log cannot be written, otherwise "".
    """
    last = journal.read_latest(JOURNAL).get(id, {})
    today = dt.datetime.now(dt.UTC).date().isoformat()
    new = {"id": id, "result": result, **more}
    same = {key: value for key, value in last.items() if key not in ("at", journal.WRITTEN_BY)} == new
    if result != "wrong" and same and last["at"][:10] == today:
        return ""
    try:
        journal.add_entry(JOURNAL, id, result=result, **more)
    except CourseError:
        return tr("This could not be noted in {file}.", file=journal.find_path(JOURNAL))
    return ""


def read_results() -> dict[str, str]:
    """Return the final result of each answer, by id: once right, it stays so."""
    found: dict[str, str] = {}
    for entry in journal.read_journal(JOURNAL).entries:
        if found.get(entry["id"]) != "right":
            found[entry["id"]] = str(entry.get("result"))
    return found


def count_runs() -> dict[str, int]:
    """Return how many runs each answer took until it was right, or so far, by id."""
    runs: dict[str, int] = {}
    right: set[str] = set()
    for entry in journal.read_journal(JOURNAL).entries:
        id = entry["id"]
        if id not in right:
            runs[id] = runs.get(id, 0) + 1
        if entry.get("result") == "right":
            right.add(id)
    return runs


def export_log() -> str:
    """Return the log as CSV, the oldest line first; times are UTC."""
    rows = [COLUMNS]
    for entry in journal.read_journal(JOURNAL).entries:
        rows.append(tuple(entry.get(column, "") for column in COLUMNS))
    return as_csv(rows)
