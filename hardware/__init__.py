"""The mat to build: its drawings, parts to print, tables, and what makes them."""
