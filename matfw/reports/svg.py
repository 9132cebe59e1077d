"""Scalable pictures as text: a few shapes, every colour a variable of the page's style."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape


def svg(
    width: float, height: float, shapes: Sequence[str], label: str, *, is_scaled: bool = True
) -> str:
    """Return a picture; label: what it shows, for whoever does not see it.

    is_scaled: it takes the width of its place; else it keeps its own and its place scrolls.
    """
    size = "" if is_scaled else f' width="{width:g}" height="{height:g}"'
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}"{size} role="img"'
        f' aria-label="{escape(label)}">{"".join(shapes)}</svg>'
    )


def rect(x: float, y: float, width: float, height: float, style: str, *, title: str = "") -> str:
    """Return a bar; title: what a pointer over it shows."""
    shape = f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.0):.1f}" height="{height:.1f}"'
    return f'{shape} class="{style}">{_title(title)}</rect>'


def line(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
    """Return a straight line."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{style}"/>'


def text(x: float, y: float, words: str, style: str = "", anchor: str = "start") -> str:
    """Return words that begin (start), are centred (middle) or end at x."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" class="{style}" text-anchor="{anchor}">'
        f"{escape(words)}</text>"
    )


def circle(x: float, y: float, radius: float, style: str) -> str:
    """Return a dot."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" class="{style}"/>'


def path(points: Sequence[tuple[float, float]], style: str) -> str:
    """Return a line through points."""
    return f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}" class="{style}"/>'


def _title(words: str) -> str:
    return f"<title>{escape(words)}</title>" if words else ""
