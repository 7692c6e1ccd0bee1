"""The sandbox for students' cells, which only plain values can leave."""
