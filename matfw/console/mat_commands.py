"""Commands about the mat and the workout: status, stream, record, start, stop, cue."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from matfw.console.answers import Answer, said
from matfw.console.arguments import Argument, Values, choose
from matfw.console.status import status_data, status_lines
from matfw.console.stream import Stream
from matfw.control.errors import Code, ConsoleError
from matfw.control.words import CUE_WORDS
from matfw.messages import CUES, cue_named
from matfw.settings.schema import did_you_mean, found

if TYPE_CHECKING:
    from matfw.console.context import Context
    from matfw.control.api import Control, RecordingStatus

CUE_NAMES = tuple(cue.value for cue in CUES)
MIN_STREAM_HZ = 0.1
HALF_LENGTH_MM, HALF_WIDTH_MM = 1000.0, 325.0  # of the deck
MIN_DEG, MAX_DEG = 5.0, 90.0


def status(context: Context, _: Values) -> Answer:
    """Say how things stand."""
    now = context.control.status()
    return Answer(tuple(status_lines(now)), status_data(now, context.control.mat()))


def stream(context: Context, values: Values) -> Answer:
    """Begin, change or end this link's stream."""
    rate_hz, what = float(values["rate"]), str(values.get("what", "motion"))
    if context.stream is not None:
        context.stream.close()
        context.stream = None
    if rate_hz < MIN_STREAM_HZ:
        return said(rate_hz=0.0)
    mat = context.control.mat()
    rate_hz = min(rate_hz, mat.rate_hz)
    context.stream = Stream(context.control.steps(), mat, rate_hz, what)
    return said(
        f"{rate_hz:g} a second until `stream 0` or Ctrl-C",
        rate_hz=rate_hz,
        what=what,
    )


def record(context: Context, values: Values) -> Answer:
    """Begin or end a recording."""
    name = str(values["name"])
    if name == "stop":
        done = context.control.stop_recording()
        lost = f", {done.dropped} were dropped: the disk is too slow" if done.dropped else ""
        return said(f"{done.frames} frames in {done.path}{lost}", **_recording(done))
    begun = context.control.record(name)
    return said(f"recording into {begun.path}: `record stop` ends it", **_recording(begun))


def _recording(recording: RecordingStatus) -> dict[str, object]:
    return {"name": recording.name, "path": recording.path, "frames": recording.frames,
            "dropped": recording.dropped}  # fmt: skip


def start(context: Context, values: Values) -> Answer:
    """Judge and cue again, or from the beginning."""
    anew = "anew" in values
    was_judging = context.control.status().is_judging
    context.control.start(anew=anew)
    if anew:
        return said("from the first rep of the first set")
    return said("judging already" if was_judging else "judging: lie still, then begin")


def stop(context: Context, _: Values) -> Answer:
    """Neither judge nor cue."""
    was_judging = context.control.status().is_judging
    context.control.stop()
    return said("no rep is counted and no cue given until `start`" if was_judging
                else "stopped already: `start` goes on")  # fmt: skip


def cell_names(control: Control) -> Sequence[str]:
    """Return all cells' names, for completion."""
    return [cell.name for cell in control.mat().cells]


LAY = (
    Argument("weight", "kilograms", least=0.0, most=150.0, unit="kg"),
    Argument("where", "over a cell, or at X Y in mm; the middle unless said",
             known=cell_names, is_optional=True, rest=True),
)  # fmt: skip


def lay(context: Context, values: Values) -> Answer:
    """Lay a weight on an empty virtual mat."""
    weight_kg, where = float(values["weight"]), str(values.get("where", "0 0"))
    places = {cell.name: (cell.x_mm, cell.y_mm) for cell in context.control.mat().cells}
    try:
        x_mm, y_mm = places[where] if where in places else map(float, where.split())
        is_place = abs(x_mm) <= HALF_LENGTH_MM and abs(y_mm) <= HALF_WIDTH_MM
    except ValueError:
        is_place = False
    if not is_place:
        raise ConsoleError(
            Code.ARGUMENT_WRONG,
            f"lay: WHERE must be a cell, or X Y in mm, at most {HALF_LENGTH_MM:g} {HALF_WIDTH_MM:g}"
            f" (got {found(where)}): {did_you_mean(where, tuple(places))}",
        )
    context.control.lay(weight_kg, x_mm, y_mm)
    if not weight_kg:
        return said("the virtual mat is empty", weight_kg=0.0)
    return said(f"{weight_kg:g} kg lie on the virtual mat at x {x_mm:g}, y {y_mm:g} mm",
                weight_kg=weight_kg, x_mm=x_mm, y_mm=y_mm)  # fmt: skip


def learn(context: Context, values: Values) -> Answer:
    """Take the last three repetitions for this person's good ones, or forget what was learned."""
    word = str(values.get("what", ""))
    if word == "forget":
        context.control.forget_habits()
        return said("forgotten: judged as everybody")
    measured_deg = None
    if word:
        try:
            measured_deg = float(word.lower().removesuffix("deg"))
        except ValueError:
            measured_deg = math.nan
        if not MIN_DEG <= measured_deg <= MAX_DEG:
            raise ConsoleError(
                Code.ARGUMENT_WRONG,
                f"learn: must be forget, or the height measured by hand, {MIN_DEG:g} to"
                f" {MAX_DEG:g} deg (got {found(word)})",
            )
    habits = context.control.learn(measured_deg)
    limits = context.control.mat().limits
    read = f", read {habits.angle_bias_deg:+.0f} deg off" if measured_deg is not None else ""
    return said(
        f"the last {habits.reps} reps count as good: hips {habits.shift_mm:+.1f} mm to the"
        f" front{read}",
        f"roll_back beyond {limits.roll_back_mm:.1f} mm, leg_forward beyond"
        f" {limits.leg_forward_mm:.1f} mm on this side, kept",
        reps=habits.reps, shift_mm=habits.shift_mm, angle_bias_deg=habits.angle_bias_deg,
        roll_back_mm=limits.roll_back_mm, leg_forward_mm=limits.leg_forward_mm,
    )  # fmt: skip


def cue(context: Context, values: Values) -> Answer:
    """Try a cue's sound and lights."""
    name = choose("cue", "NAME", str(values["name"]), CUE_NAMES)
    context.control.cue(cue_named(name))
    mute = " (muted: lights only)" if context.control.status().is_muted else ""
    return said(f"{name}: {CUE_WORDS[cue_named(name)].sentence}{mute}", cue=name)


def cue_names(_: Control) -> Sequence[str]:
    """Return all cues' names, for completion."""
    return CUE_NAMES
