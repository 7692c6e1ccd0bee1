"""What a page is made of: colours and marks, small HTML, controls."""
