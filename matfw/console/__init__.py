"""The console: lines of text in, lines of text out; no I/O, no clock and no thread of its own."""
