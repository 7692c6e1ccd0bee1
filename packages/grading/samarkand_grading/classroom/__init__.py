"""A whole class: release, grade, report, through nbgrader's gradebook."""
