"""What sessions came to, for people: lines for a terminal, one page for a browser; pure."""
