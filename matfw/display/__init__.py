"""The session on a terminal: a picture, lines, reports."""
