"""A finished repetition measured again, with what came after it."""
