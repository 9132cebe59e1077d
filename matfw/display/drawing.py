"""View -> a screen of characters: the mat from above, and beneath it leg, phase, reps, last cue.

Pure: a view, the recent path of the centre of pressure and a size in; a Canvas out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matfw.control.words import CUE_WORDS, PHASE_WORDS, VERDICT_MARKS
from matfw.display.canvas import Canvas
from matfw.display.mat_drawing import Place, draw_close_up, draw_mat, mat_rows
from matfw.display.view import View
from matfw.messages import Phase, Side, Verdict

# Below this the picture is no picture; a few lines of text stand in.
MIN_WIDTH, MIN_HEIGHT = 44, 16
_CLOSE_UP_WIDTH = 22
_CLOSE_UP_FROM_WIDTH = 76
_LABEL_WIDTH = 9
_GAUGE_DEG = 60.0  # the gauge's end: 1.3 times the most that the hip allows without tilting
_CUE_FADES_S = 6.0  # a cue older than this is shown dimmed

VERDICT_STYLES = {
    Verdict.CLEAN: "bold green",
    Verdict.FAULT: "bold red",
    Verdict.UNSURE: "bold yellow",
}
_SIDE_WORDS = {
    Side.LEFT: "lying on the left",
    Side.RIGHT: "lying on the right",
    Side.UNKNOWN: "side not known",
}


@dataclass(frozen=True, slots=True)
class Trail:
    """Where the centre of pressure has been, oldest first, and the middle of the close-up."""

    points_mm: Sequence[tuple[float, float]] = ()
    middle_mm: tuple[float, float] = (0.0, 0.0)


def draw(view: View, trail: Trail, phase_s: float, width: int, height: int) -> Canvas:
    """Return the whole screen. phase_s: how long the phase has lasted."""
    canvas = Canvas(width, height)
    if view.silent_s:
        _draw_silence(canvas, view)
    else:
        _draw_title(canvas, view)
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        for row, text in enumerate(_few_words(view, phase_s), start=1):
            canvas.put(0, row, text)
        return canvas
    has_close_up = width >= _CLOSE_UP_FROM_WIDTH
    side_width = _CLOSE_UP_WIDTH + 1 if has_close_up else 0
    rows = mat_rows(width - side_width - 4, height - 13)
    place = Place.fitting(width - side_width - 4, rows)
    left = (width - place.columns - 2 - side_width) // 2
    draw_mat(canvas, Place(left, 1, place.columns, rows), view, trail.points_mm)
    if has_close_up:
        where = Place(left + place.columns + 3, 1, _CLOSE_UP_WIDTH - 2, rows)
        draw_close_up(canvas, where, view, trail.points_mm, trail.middle_mm)
    row = rows + 3
    gaps = max(0, height - row - 8)
    for number, (section, section_rows) in enumerate(
        ((_draw_status, 1), (_draw_leg, 2), (_draw_phase, 1), (_draw_reps, 1), (_draw_cue, 2))
    ):
        section(canvas, row, view, phase_s)
        row += section_rows + (1 if number < gaps else 0)
    _draw_progress(canvas, height - 1, view)
    return canvas


def _draw_title(canvas: Canvas, view: View) -> None:
    style = "bold black on yellow" if view.is_simulated else "bold white on blue"
    canvas.put(0, 0, " " * canvas.width, style)
    canvas.put(1, 0, view.title, style)
    minutes, seconds = divmod(view.t_s, 60.0)
    badge = " SIMULATED " if view.is_simulated else ""
    canvas.put_right(canvas.width - 1, 0, f"{badge} {int(minutes)}:{seconds:04.1f}", style)


def _draw_silence(canvas: Canvas, view: View) -> None:
    """Say in the title's place that the picture is old, or that there is none yet.

    The sentence's beginning fits anywhere.
    """
    word, style = (
        ("OLD", "bold white on red") if view.cells else ("WAITING", "bold black on yellow")
    )
    sentence = f"{word}: nothing has come for {view.silent_s:.0f} s; {view.leave}"
    canvas.put(0, 0, f" {sentence} ".ljust(canvas.width), style)


def _draw_status(canvas: Canvas, row: int, view: View, _phase_s: float) -> None:
    load = "a cell is missing" if view.load_kg is None else f"{view.load_kg:.1f} kg"
    weight = "" if view.weight_kg is None else f", person {view.weight_kg:.1f} kg"
    canvas.put(1, row, f"on the mat {load}{weight} · {_SIDE_WORDS[view.side]}", "dim")
    if view.tone_hz is not None:
        canvas.put_right(canvas.width - 1, row, f" ♪ {view.tone_hz:.0f} Hz", "bold yellow")


def _draw_leg(canvas: Canvas, row: int, view: View, _phase_s: float) -> None:
    columns = canvas.width - _LABEL_WIDTH - 2

    def column(angle_deg: float) -> int:
        return _LABEL_WIDTH + round(angle_deg / _GAUGE_DEG * columns)

    low_deg, high_deg = view.limits.too_small_deg, view.limits.too_high_deg
    low, high = (column(min(limit_deg, _GAUGE_DEG)) for limit_deg in (low_deg, high_deg))
    canvas.put(_LABEL_WIDTH, row, "╌" * columns, "dim")
    canvas.put(low, row, "━" * (high - low), "green")
    for mark_deg in (0, 15, 30, 45, 60):
        text = f"{mark_deg}°"
        is_last = mark_deg == _GAUGE_DEG
        canvas.put(column(mark_deg) - (len(text) if is_last else 0), row, text, "dim")
    angle_deg = view.leg_angle_deg
    canvas.put(1, row, "leg", "bold")
    canvas.put(1, row + 1, "  –" if angle_deg is None else f"{angle_deg:3.0f}°", "bold")
    canvas.put(low, row + 1, "░" * (high - low), "green")
    if angle_deg is not None:
        is_in_band = low_deg <= angle_deg <= high_deg
        style = "bold green" if is_in_band else "red" if angle_deg > high_deg else "cyan"
        canvas.bar(_LABEL_WIDTH, row + 1, min(angle_deg / _GAUGE_DEG, 1.0) * columns, style)


def _draw_phase(canvas: Canvas, row: int, view: View, phase_s: float) -> None:
    canvas.put(1, row, "phase", "bold")
    asked_s = {
        Phase.UP: view.tempo.up_s,
        Phase.HOLD: view.tempo.hold_s,
        Phase.DOWN: view.tempo.down_s,
    }
    columns = (canvas.width - _LABEL_WIDTH - 2) // len(Phase)
    for number, phase in enumerate(Phase):
        is_now = phase is view.phase
        text = PHASE_WORDS[phase]
        if is_now:
            of = f"/{asked_s[phase]:.0f}" if phase in asked_s else ""
            text = f"▸{text} {phase_s:.1f}{of} s"
        style = "bold black on cyan" if is_now else "dim"
        canvas.put(
            _LABEL_WIDTH + number * columns, row, text.center(columns - 1)[: columns - 1], style
        )


def _draw_reps(canvas: Canvas, row: int, view: View, _phase_s: float) -> None:
    canvas.put(1, row, "reps", "bold")
    done = len(view.verdicts)
    of = "" if view.target_reps is None else f" of {view.target_reps}"
    count = f" {done}{of} · set {view.set_number}"
    room = (canvas.width - _LABEL_WIDTH - len(count) - 2) // 2
    marks = [(VERDICT_MARKS[verdict], VERDICT_STYLES[verdict]) for verdict in view.verdicts]
    marks += [("·", "dim")] * (0 if view.target_reps is None else view.target_reps - done)
    # Where a set has more reps than fit, the newest stay in sight.
    first = max(0, min(done, len(marks)) - room)
    for number, (mark, style) in enumerate(marks[first : first + room]):
        canvas.put(_LABEL_WIDTH + 2 * number, row, mark, style)
    canvas.put_right(canvas.width - 1, row, count, "bold")


def _draw_cue(canvas: Canvas, row: int, view: View, _phase_s: float) -> None:
    canvas.put(1, row, "says", "bold")
    if view.cue is None:
        canvas.put(_LABEL_WIDTH, row, "nothing yet", "dim")
        return
    is_old = view.cue_age_s > _CUE_FADES_S
    words = CUE_WORDS[view.cue].with_limits(view.limits)
    age = f" {view.cue_age_s:.0f} s ago" if view.cue_age_s >= 1.0 else " now"
    canvas.put(_LABEL_WIDTH, row, f"{words.happened}.", "dim" if is_old else "bold")
    canvas.put_right(canvas.width - 1, row, age, "dim")
    if words.remedy:
        remedy = f"{words.remedy[0].upper()}{words.remedy[1:]}."
        canvas.put(_LABEL_WIDTH, row + 1, remedy, "dim" if is_old else "")


def _draw_progress(canvas: Canvas, row: int, view: View) -> None:
    speed = " real time" if view.speed == 1.0 else f" {view.speed:g}x real time"
    canvas.put_right(canvas.width - 1, row, speed, "dim")
    if view.progress is None:
        canvas.put(1, row, view.leave, "dim")
        return
    percent = f"{100 * view.progress:3.0f} %"
    canvas.put(1, row, percent, "dim")
    columns = canvas.width - _LABEL_WIDTH - len(speed) - 2
    canvas.put(_LABEL_WIDTH, row, "─" * columns, "dim")
    canvas.put(_LABEL_WIDTH, row, "━" * round(columns * min(max(view.progress, 0.0), 1.0)), "cyan")


def _few_words(view: View, phase_s: float) -> list[str]:
    angle = "–" if view.leg_angle_deg is None else f"{view.leg_angle_deg:.0f}°"
    marks = "".join(VERDICT_MARKS[verdict] for verdict in view.verdicts)
    lines = [f"{PHASE_WORDS[view.phase]} {phase_s:.1f} s, leg {angle}", f"reps {marks or '–'}"]
    return lines if view.cue is None else [*lines, CUE_WORDS[view.cue].happened]
