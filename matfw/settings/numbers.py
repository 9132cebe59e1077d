"""Numbers as people type them: 10.5 and 10,5 are the same, wherever one is asked for."""

from __future__ import annotations

import re

NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_COMMA = re.compile(r"([+-]?\d*),(\d+)(.*)", re.DOTALL)


def pointed(text: str) -> str:
    """Return a number, with or without a unit, with its decimal comma as a point.

    1,000 stays as it is, and so is refused: it is a thousand to some and one to others.
    """
    match = _COMMA.fullmatch(text.strip())
    if match is None or (len(match[2]) == 3 and match[1].lstrip("+-") not in ("", "0")):
        return text
    return f"{match[1]}.{match[2]}{match[3]}"


def read_number(text: str) -> float:
    """Return a number without a unit, wherever one is typed. Raises ValueError."""
    number = pointed(text).strip()
    if re.fullmatch(NUMBER, number, re.ASCII) is None:
        raise ValueError(f"{text!r} is no number")
    return float(number)
