"""nbgrader's settings for this course; `samarkand grade` reads them too."""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821 - nbgrader gives it

c.CourseDirectory.course_id = "samarkand"
c.ClearSolutions.code_stub = {"python": "# your code here"}
c.ClearSolutions.text_stub = "Your answer here."
# Late work: "none" takes nothing off, "zero" takes all; a plugin of your own: docs/instructor.md.
c.LateSubmissionPlugin.penalty_method = "none"
# Of several hand-ins that were collected: "newest" counts, or "best".
c.HandIns.counts = "newest"

# nbgrader's pages ask a server elsewhere for MathJax, and stay white until it answers; nbconvert/ does not.
own = str(Path(__file__).resolve().parent)
if own not in os.environ.get("JUPYTER_PATH", "").split(os.pathsep):
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, (own, os.environ.get("JUPYTER_PATH"))))

# Formgrader has a button that runs student code with your rights, one click from the marks.
server = getattr(sys.modules.get("jupyter_server.serverapp"), "ServerApp", None)
if server is not None and server.initialized():
    from nbgrader.preprocessors import NbGraderPreprocessor

    class Refuse(NbGraderPreprocessor):
        """Stands where nbgrader would begin to look at a student's notebook."""

        def preprocess(self, nb, resources):
            """Say what to do instead."""
            raise RuntimeError(
                "Not run: here student code is only run in a sandbox. Use samarkand grade instead."
            )

    c.Autograde.sanitize_preprocessors = [Refuse]
    c.Autograde.autograde_preprocessors = [Refuse]
