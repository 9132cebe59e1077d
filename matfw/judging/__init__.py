"""What is wrong: the table of faults, live and after the repetition."""
