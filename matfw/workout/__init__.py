"""What is asked of the person: repetitions and sets."""
