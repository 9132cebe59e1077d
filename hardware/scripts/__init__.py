"""What `python -m hardware.make` makes the drawings, prints and tables with."""
