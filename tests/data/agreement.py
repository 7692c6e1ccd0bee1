"""Print the contradictions between the course's own tables; ``samarkand data check`` runs this file."""

import sys
from functools import cache

import rules_of_events
import rules_of_figures
import rules_of_pages
from our_tables import RESOURCE, WHOLE
from rules_of_rows import wrong_rows

from tools.author import rules as rules_for_any
from tools.author import tables as reader

RULES = [wrong_rows, *rules_of_events.RULES, *rules_of_figures.RULES, *rules_of_pages.RULES]


def broken(tables, rules=RULES):
    """Return the problems that rules find; a rule that raises, as at a deleted row, is a problem, too."""
    found = []
    for rule in rules:
        try:
            found += [table.problem(*where) for table, *where in rule(tables)]
        except (LookupError, ValueError, ArithmeticError) as error:
            why = f"the rule {rule.__name__} stops with {error!r}: is a row gone, or has it another name?"
            found.append(rules_for_any.Problem("course_data", None, None, why))
    return found


class _Asked(dict):
    """Tables that record the names of those that are read."""

    def __init__(self):
        super().__init__(WHOLE)
        self.names = set()

    def __getitem__(self, name):
        self.names.add(name)
        return super().__getitem__(name)


@cache
def _reads():
    """Return {rule: names of the tables that it reads}."""
    found = {}
    for rule in RULES:
        asked = _Asked()
        broken(asked, [rule])
        found[rule] = asked.names
    return found


def wrong_in(name, folder):
    """Return the problems that schema and rules find in a folder's table, among the course's other ones."""
    found, problems = reader.read(folder, {"resources": [RESOURCE[name]]})
    among = WHOLE | found
    return [
        *problems,
        *rules_for_any.of_one(among[name], among),
        *reader.against_schema(among[name], among),
        *broken(among, [rule for rule, names in _reads().items() if name in names]),
    ]


if __name__ == "__main__":
    problems = broken(WHOLE)
    sys.exit("\n".join(sorted(map(str, problems))) or None)
