"""Release, grade and report for a whole class, through nbgrader's gradebook."""
