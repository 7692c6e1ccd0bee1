"""The parts of a page: colours and marks, small pieces of HTML, SVG pictures."""
