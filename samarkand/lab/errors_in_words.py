"""Python's errors in plain words in a notebook; the traceback is folded away.

IPython's own method for showing errors is wrapped, so that every cell and syntax errors are covered.
The sentence is the last line of the error; the traceback is above it, and a click unfolds it. Errors in
notebooks of other projects are left as they are.
"""

import html
import re
import types
from typing import Any

from samarkand.common import home
from samarkand.common.explain import explain_error, find_public_class
from samarkand.common.words import tr

_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def show_errors_in_words(shell: Any) -> None:
    """Make an IPython shell show its errors in plain words."""
    show = shell._showtraceback  # the seam that IPython keeps for front ends, errors of syntax included

    def in_words(self: Any, kind: type[BaseException], error: BaseException, lines: list[str]) -> None:
        cell = str(self.history_manager.input_hist_raw[-1])
        sentence = explain_error(error, self.user_ns, cell) if home.in_use() else ""
        if not sentence:
            show(kind, error, lines)
        elif hasattr(self, "kernel"):
            whole = _ANSI.sub("", "\n".join(lines)).replace(kind.__name__, find_public_class(kind).__name__)
            kind = find_public_class(kind)
            self.display_pub.publish({"text/html": _fold_traceback(whole), "text/plain": whole})
            message = error.msg if isinstance(error, SyntaxError) else error
            show(kind, error, [f"{kind.__name__}: {message}", sentence])
        else:  # a terminal, where nothing folds
            show(kind, error, [*lines, sentence])

    shell._showtraceback = types.MethodType(in_words, shell)


def _fold_traceback(traceback: str) -> str:
    summary = tr("Full error message (traceback)")
    return f"<details><summary>{html.escape(summary)}</summary><pre>{html.escape(traceback)}</pre></details>"
