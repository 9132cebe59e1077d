"""Where the leg is: its model, the filter bank, and what plates add."""
