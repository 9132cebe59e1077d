"""A drawing as SVG: shapes, words and dimension lines, dark on white paper.

Units are the picture's own; WIDTH of them are a phone's or a page's width, so that TEXT is 10 px on
a phone of 360 px and 5 mm on a page of A4. The paper is white in a dark page too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from hardware.scripts.source import tidy

WIDTH = 1000.0
TEXT = 28.0
INK, BLUE, FAINT, WOOD, PLY, STEEL, PRINT, RUBBER = (
    "#1b1f24", "#1a56a0", "#8a929b", "#ead9b5", "#f4ead2", "#c9d1d9", "#f2b38a", "#4b5563",
)  # fmt: skip
ARROW = 9.0
Point = tuple[float, float]


@dataclass(slots=True)
class Drawing:
    """A picture that grows."""

    title: str
    height: float
    width: float = WIDTH
    parts: list[str] = field(default_factory=list)

    def text(
        self,
        at: Point,
        words: str,
        *,
        size: float = TEXT,
        anchor: str = "start",
        fill: str = INK,
        bold: bool = False,
    ) -> None:
        """Write words; at is the base line's start, middle or end."""
        x, y = at
        weight = ' font-weight="bold"' if bold else ""
        self.parts.append(
            f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}" text-anchor="{anchor}"'
            f' fill="{fill}"{weight}>{escape(words)}</text>'
        )

    def rect(
        self, a: Point, b: Point, *, fill: str = "none", stroke: str = INK, dashed: bool = False,
        line: float = 2.0, round_by: float = 0.0,
    ) -> None:  # fmt: skip
        """Draw a rectangle from corner to corner."""
        x, y = min(a[0], b[0]), min(a[1], b[1])
        w, h = abs(a[0] - b[0]), abs(a[1] - b[1])
        rounded = f' rx="{_n(round_by)}"' if round_by else ""
        self.parts.append(
            f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(w)}" height="{_n(h)}"{rounded}'
            f' fill="{fill}"{_stroke(stroke, line, dashed)}/>'
        )

    def circle(
        self, at: Point, radius: float, *, fill: str = "none", stroke: str = INK,
        dashed: bool = False, line: float = 2.0,
    ) -> None:  # fmt: skip
        """Draw a circle."""
        self.parts.append(
            f'<circle cx="{_n(at[0])}" cy="{_n(at[1])}" r="{_n(radius)}" fill="{fill}"'
            f"{_stroke(stroke, line, dashed)}/>"
        )

    def line(
        self, points: Sequence[Point], *, stroke: str = INK, line: float = 2.0,
        dashed: bool = False, fill: str = "none", closed: bool = False,
    ) -> None:  # fmt: skip
        """Draw straight lines from point to point."""
        joined = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        kind = "polygon" if closed else "polyline"
        self.parts.append(
            f'<{kind} points="{joined}" fill="{fill}"{_stroke(stroke, line, dashed)}/>'
        )

    def dimension(self, a: Point, b: Point, words: str, *, away: float = 0.0) -> None:
        """Draw a dimension between two points, level or upright, moved away from them.

        away: downwards of a level one, to the right of an upright one; negative: the other way.
        """
        level = abs(a[1] - b[1]) < abs(a[0] - b[0])
        if level:
            base = (max if away >= 0 else min)(a[1], b[1]) + away
            ends = ((a[0], base), (b[0], base))
        else:
            base = (max if away >= 0 else min)(a[0], b[0]) + away
            ends = ((base, a[1]), (base, b[1]))
        for point, end in zip((a, b), ends, strict=True):
            beyond = math.copysign(6.0, away) if away else 0.0
            tip = (end[0], end[1] + beyond) if level else (end[0] + beyond, end[1])
            self.line((point, tip), stroke=BLUE, line=1.2)
        self.line(ends, stroke=BLUE, line=1.6)
        for end, other in (ends, ends[::-1]):
            self._arrow(end, other)
        middle = ((ends[0][0] + ends[1][0]) / 2, (ends[0][1] + ends[1][1]) / 2)
        if level:  # above the line, or below where there is no room between the arrows
            fits = abs(ends[0][0] - ends[1][0]) > 0.7 * TEXT * len(words)
            rise = -7.0 if fits else TEXT + 2
            self.text((middle[0], middle[1] + rise), words, anchor="middle", fill=BLUE)
        else:
            anchor, beside = ("start", 9.0) if away >= 0 else ("end", -9.0)
            at = (middle[0] + beside, middle[1] + TEXT / 3)
            self.text(at, words, anchor=anchor, fill=BLUE)

    def leader(self, tip: Point, at: Point, words: str, *, anchor: str = "start") -> None:
        """Draw a line from a thing to the words about it; at is where they begin or end."""
        inset = 14.0 if anchor == "start" else -14.0
        rise = 9.0 if tip[1] > at[1] else -TEXT
        self.line((tip, (at[0] + inset, at[1] + rise)), stroke=FAINT, line=1.8)
        self.circle(tip, 4.0, fill=INK, stroke="none")
        self.text(at, words, anchor=anchor)

    def _arrow(self, end: Point, other: Point) -> None:
        length = math.hypot(other[0] - end[0], other[1] - end[1])
        if length < 2 * ARROW:
            self.circle(end, 3.0, fill=BLUE, stroke="none")
            return
        ux, uy = (other[0] - end[0]) / length, (other[1] - end[1]) / length
        sides = [
            (end[0] + ux * ARROW - s * uy * 4.0, end[1] + uy * ARROW + s * ux * 4.0)
            for s in (1, -1)
        ]
        self.line((end, *sides), stroke="none", fill=BLUE, closed=True)

    def svg(self) -> str:
        """Return the file."""
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(self.width)}'
                f' {_n(self.height)}" font-family="DejaVu Sans,Helvetica,Arial,sans-serif">',
                f"<title>{escape(self.title)}</title>",
                '<rect width="100%" height="100%" fill="#ffffff"/>',
                *self.parts,
                "</svg>",
                "",
            ]
        )


@dataclass(frozen=True, slots=True)
class View:
    """Millimetres -> a drawing's units. at: where (0, 0) mm is; second axis upwards."""

    at: Point
    scale: float

    def __call__(self, u_mm: float, v_mm: float) -> Point:
        """Return where a point is on the paper."""
        return (self.at[0] + u_mm * self.scale, self.at[1] - v_mm * self.scale)


def _n(value: float) -> str:
    text = tidy(value, 2)
    return "0" if text == "-0" else text


def _stroke(colour: str, line: float, dashed: bool) -> str:
    if colour == "none":
        return ""
    dashes = ' stroke-dasharray="10 7"' if dashed else ""
    return f' stroke="{colour}" stroke-width="{_n(line)}"{dashes}'
