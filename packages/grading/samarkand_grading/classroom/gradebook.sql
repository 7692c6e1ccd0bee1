-- What is read of nbgrader's gradebook. The names are those of its own tables; ? stands for the set's id.

-- marks
SELECT student.id, first_name, last_name, timestamp, extension, duedate, late_submission_penalty,
       base_cell.name, max_score, auto_score, manual_score, extra_credit, needs_manual_grade,
       coalesce(manual_comment, ''), left_out.cell IS NOT NULL
FROM submitted_assignment AS work
JOIN student ON student.id = work.student_id
JOIN assignment ON assignment.id = work.assignment_id
JOIN submitted_notebook AS book ON book.assignment_id = work.id
JOIN grade ON grade.notebook_id = book.id
JOIN base_cell ON base_cell.id = grade.cell_id
JOIN grade_cells ON grade_cells.id = grade.cell_id
LEFT JOIN (comment JOIN base_cell AS answer ON answer.id = comment.cell_id)
  ON comment.notebook_id = book.id AND answer.name = replace(base_cell.name, '-check', '')
LEFT JOIN left_out
  ON left_out.exercise = assignment.name AND left_out.student = student.id AND left_out.cell = base_cell.name
WHERE assignment.name = ?;

-- worth
SELECT base_cell.name, max_score
FROM grade_cells
JOIN base_cell USING (id)
JOIN notebook ON notebook.id = base_cell.notebook_id
JOIN assignment ON assignment.id = notebook.assignment_id
WHERE assignment.name = ?;

-- left_out
SELECT student, cell FROM left_out WHERE exercise = ?;

-- new_left_out: nbgrader does not know this table; it lies in its gradebook to be backed up and restored with it.
CREATE TABLE IF NOT EXISTS left_out
(exercise TEXT, student TEXT, cell TEXT, UNIQUE (exercise, student, cell));
