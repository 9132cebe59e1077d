"""Words between sets: the sentences of each language, and what is said when."""
