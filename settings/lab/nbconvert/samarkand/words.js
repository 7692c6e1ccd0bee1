/* pandas sets all to the right: columns of words are set to the left here, on the site and on paper. They are counted
   from the last one, since an index on two levels gives rows of different lengths. */
for (const table of document.querySelectorAll("table.dataframe")) {
  const column = (rows, at) => [...rows].map((row) => [...row.cells].at(-1 - at)).filter(Boolean);
  for (let at = 0; at < (table.tHead?.rows[0]?.cells.length ?? 0); at++) {
    const cells = column(table.tBodies[0].rows, at);
    if (cells.some((cell) => !/^[-+−–]?[\d.,\s]*(%|NaN|None|NaT|<NA>)?$/.test(cell.textContent.trim())))
      for (const cell of [...column(table.tHead.rows, at), ...cells]) cell.style.textAlign = "left";
  }
}

/* An empty corner of a table is no heading of anything. */
for (const corner of document.querySelectorAll("thead th"))
  if (!corner.textContent.trim()) {
    const cell = document.createElement("td");
    cell.className = corner.className;
    corner.replaceWith(cell);
  }
