"""`python -m tests.pictures`: makes the README's pictures from the project's own data.

The mat is `matfw.layouts`; the live view is the demo's session through the whole line, drawn at the
moment a cue is given, by the code that draws it on a terminal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import cast

from matfw.cli.hardware import virtual_trace
from matfw.display.canvas import Canvas
from matfw.display.drawing import Trail, draw
from matfw.display.live_view import LiveView
from matfw.display.picture import Picture
from matfw.display.view import View
from matfw.layouts import DECK_LENGTH_MM, DECK_WIDTH_MM, PRESETS
from matfw.messages import CueGiven, Fault, Side
from matfw.pipeline import Pipeline
from matfw.refinement.refinement import Refinement
from matfw.settings.model import Settings
from matfw.virtual.clock import VirtualClock
from matfw.virtual.sampling import record

FOLDER = Path(__file__).parents[1] / "hardware" / "pictures"
SHOWN = Fault.ROLL_BACK
AFTER_S = 0.3  # of the cue: the lights are on
COLUMNS, ROWS = 80, 24
CHAR_PX, LINE_PX, MARGIN_PX = 8.4, 17.0, 14.0
INK, PAPER = "#d8dee9", "#20242c"
COLOURS = {"red": "#e06c75", "green": "#98c379", "yellow": "#e5c07b", "cyan": "#56b6c2",
           "dim": "#7f8794", "magenta": "#c678dd", "blue": "#61afef"}  # fmt: skip


class Kept:
    """Takes the place of a terminal's picture, and keeps the last view."""

    def __init__(self) -> None:
        self.view: View | None = None

    def update(self, view: View) -> None:
        """Keep it."""
        self.view = view


def live_view() -> Canvas:
    """Return the screen of the demo just after the first cue for SHOWN."""
    trace = virtual_trace("demo", "core4", Side.LEFT)
    mat = replace(Settings().mat(), side=Side.LEFT, person=trace.person)
    line, refinement, clock, kept = Pipeline(mat), Refinement(), VirtualClock(), Kept()
    live = LiveView(
        cast(Picture, kept), mat, clock, title="matfw demo", target_reps=15, is_simulated=True,
        length_s=trace.duration_s,
    )  # fmt: skip
    path: list[tuple[float, float]] = []
    cue_s = phase_s = float("inf")
    phase = None
    for frame in record(trace, mat, 7):
        clock.advance_s(frame.t_s - clock.now_s())
        step = line.update(frame)
        live.events(step.events)
        if step.window is not None:
            live.events(line.finish_reps(frame.t_s, refinement.refine(step.window)))
        if any(isinstance(event, CueGiven) and event.cue is SHOWN for event in step.events):
            cue_s = min(cue_s, frame.t_s)
        if step.balance.x_mm is not None and step.balance.y_mm is not None:
            path.append((step.balance.x_mm, step.balance.y_mm))
        now = step.phase.phase if step.phase else None
        if now is not phase:
            phase, phase_s = now, frame.t_s
        live.step(step)
        if frame.t_s > cue_s + AFTER_S and kept.view is not None:
            recent = path[-320::8]  # 4 s, ten a second
            return draw(kept.view, Trail(recent, recent[0]), frame.t_s - phase_s, COLUMNS, ROWS)
    raise AssertionError(f"the demo gives no cue for {SHOWN}")


def screen_svg(canvas: Canvas) -> str:
    """Return a screen of characters as SVG."""
    width, height = COLUMNS * CHAR_PX + 2 * MARGIN_PX, ROWS * LINE_PX + 2 * MARGIN_PX
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}"'
        ' font-family="DejaVu Sans Mono,Menlo,Consolas,monospace" font-size="14">',
        "<title>matfw demo in a terminal of 80 x 24</title>",
        f'<rect width="100%" height="100%" rx="8" fill="{PAPER}"/>',
    ]
    for row, spans in enumerate(canvas.spans()):
        column, y = 0, MARGIN_PX + (row + 0.78) * LINE_PX
        for text, style in spans:
            if text.strip():
                words = style.split()
                colour = next((COLOURS[word] for word in words if word in COLOURS), INK)
                weight = ' font-weight="bold"' if "bold" in words else ""
                x = MARGIN_PX + column * CHAR_PX
                parts.append(
                    f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}"{weight} xml:space="preserve"'
                    f' textLength="{len(text) * CHAR_PX:.1f}">{escape(text)}</text>'
                )
            column += len(text)
    return "\n".join([*parts, "</svg>", ""])


def mat_svg() -> str:
    """Return core4 from above with somebody on it: what is where, to scale (1 unit is 2 mm)."""
    scale, left, top = 0.5, 40.0, 60.0

    def at(x_mm: float, y_mm: float) -> tuple[float, float]:
        x = left + (x_mm + DECK_LENGTH_MM / 2) * scale
        return x, top + (DECK_WIDTH_MM / 2 - y_mm) * scale

    width, height = DECK_LENGTH_MM * scale, DECK_WIDTH_MM * scale
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1080 460"'
        ' font-family="DejaVu Sans,Helvetica,Arial,sans-serif" font-size="20" fill="#333">',
        "<title>The mat core4 from above</title>",
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<rect x="{left}" y="{top}" width="{width}" height="{height}" rx="12" fill="#e8eef2"'
        ' stroke="#567"/>',
    ]
    legs = ((70, -60), (480, -80), (860, -50))
    raised = ((70, -20), (470, 80), (790, 160))
    for points, colour in ((legs, "#b9a58f"), (raised, "#d98f5c")):
        parts.append(_limb([at(*point) for point in points], colour))
    parts.append(_limb([at(-560, -30), at(-250, -40), at(70, -40)], "#b9a58f", 92))
    x, y = at(-760, -20)
    parts.append(f'<circle cx="{x}" cy="{y}" r="46" fill="#b9a58f"/>')
    for cell in PRESETS["core4"].cells:
        x, y = at(cell.x_mm, cell.y_mm)
        name_x, anchor = (x + 18, "start") if cell.x_mm < 0 else (x - 18, "end")
        parts.append(f'<rect x="{x - 11}" y="{y - 11}" width="22" height="22" fill="#2b6ca3"/>')
        parts.append(f'<text x="{name_x}" y="{y + 7}" text-anchor="{anchor}">{cell.name}</text>')
    for name, x_mm in (("head", -700.0), ("hip", 0.0), ("foot", 700.0)):
        x, _ = at(x_mm, 0)
        parts.append(f'<circle cx="{x}" cy="{top}" r="9" fill="#e5b93c" stroke="#a5821f"/>')
        parts.append(f'<text x="{x}" y="{top - 18}" text-anchor="middle">{name} light</text>')
    x, y = at(-210, 190)
    parts.append(f'<text x="{x}" y="{y}">the upper leg, lifted (drawn to the side)</text>')
    parts.append(
        f'<text x="540" y="{top + height + 40}" text-anchor="middle">four load cells under one'
        f" stiff board, {DECK_LENGTH_MM:.0f} x {DECK_WIDTH_MM:.0f} mm: load, and its centre along"
        " and across</text>"
    )
    return "\n".join([*parts, "</svg>", ""])


def _limb(points: Sequence[tuple[float, float]], colour: str, width: float = 46) -> str:
    assert len(list(pairwise(points))) >= 1
    path = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
    return (
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"'
        ' stroke-linecap="round" stroke-linejoin="round"/>'
    )


def pictures() -> dict[str, str]:
    """Return every picture's text by its file's name."""
    return {"mat.svg": mat_svg(), "live_view.svg": screen_svg(live_view())}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in pictures().items():
        (FOLDER / name).write_text(text)
