"""nbgrader's settings for this course; `samarkand grade` reads them too."""

c = get_config()  # noqa: F821 - nbgrader gives it

c.CourseDirectory.course_id = "samarkand"
c.ClearSolutions.code_stub = {"python": "# your code here"}
c.ClearSolutions.text_stub = "Your answer here."
# Late work: "none" takes nothing off, "zero" takes all; a plugin of your own: docs/instructor.md.
c.LateSubmissionPlugin.penalty_method = "none"
