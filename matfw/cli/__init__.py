"""The verbs, and what puts the parts together."""
