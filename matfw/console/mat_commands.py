"""Commands about the mat: status, stream, lay, record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from matfw.console.answers import Answer, reply
from matfw.console.arguments import Argument, Values
from matfw.console.command import MAT, Command
from matfw.console.status import status_data, status_lines
from matfw.console.stream import MAX_RATE_HZ, WHAT, Stream
from matfw.control.errors import Code, ConsoleError
from matfw.messages import CellProblem
from matfw.settings.numbers import read_number
from matfw.settings.schema import did_you_mean, found

if TYPE_CHECKING:
    from matfw.console.context import Context
    from matfw.control.api import Control
    from matfw.control.status import RecordingStatus

MIN_STREAM_HZ = 0.1
HALF_LENGTH_MM, HALF_WIDTH_MM = 1000.0, 325.0  # of the deck


def status(context: Context, _: Values) -> Answer:
    """Say how things stand."""
    now = context.control.status()
    context.reported_cells = {
        c.name: c.problem for c in now.cells if c.problem is not CellProblem.OK
    }
    return Answer(tuple(status_lines(now)), status_data(now, context.control.mat()))


def stream(context: Context, values: Values) -> Answer:
    """Begin, change or end this link's stream."""
    rate_hz, what = float(values["rate"]), str(values.get("what", "motion"))
    if context.stream is not None:
        context.stream.close()
        context.stream = None
    if rate_hz < MIN_STREAM_HZ:
        return reply(rate_hz=0.0)
    mat = context.control.mat()
    rate_hz = min(rate_hz, mat.rate_hz)
    context.stream = Stream(context.control.steps.open(), mat, rate_hz, what)
    return reply(
        f"{rate_hz:g} a second until `stream 0` or Ctrl-C",
        rate_hz=rate_hz,
        what=what,
    )


def record(context: Context, values: Values) -> Answer:
    """Begin or end a recording."""
    name = str(values["name"])
    if name == "stop":
        done = context.control.recordings.stop()
        lost = f", {done.dropped} were dropped: the disk is too slow" if done.dropped else ""
        return reply(f"{done.frames} frames in {done.path}{lost}", **_recording(done))
    begun = context.control.recordings.start(name)
    return reply(f"recording into {begun.path}: `record stop` ends it", **_recording(begun))


def _recording(recording: RecordingStatus) -> dict[str, object]:
    return {"name": recording.name, "path": recording.path, "frames": recording.frames,
            "dropped": recording.dropped}  # fmt: skip


def cell_names(control: Control, _: Sequence[str]) -> Sequence[str]:
    """Return all cells' names, for completion."""
    return [cell.name for cell in control.mat().cells]


LAY = (
    Argument("weight", "kilograms", minimum=0.0, maximum=150.0, unit="kg"),
    Argument("where", "X Y in mm, or over a cell",
             known=cell_names, is_optional=True, rest=True, lists=True),
)  # fmt: skip


def lay(context: Context, values: Values) -> Answer:
    """Lay a weight on an empty virtual mat."""
    weight_kg, where = float(values["weight"]), str(values.get("where", "0 0"))
    places = {cell.name: (cell.x_mm, cell.y_mm) for cell in context.control.mat().cells}
    try:
        x_mm, y_mm = places[where] if where in places else map(read_number, where.split())
        is_place = abs(x_mm) <= HALF_LENGTH_MM and abs(y_mm) <= HALF_WIDTH_MM
    except ValueError:
        is_place = False
    if not is_place:
        raise ConsoleError(
            Code.ARGUMENT_WRONG,
            f"lay: WHERE must be a cell, or X Y in mm, at most {HALF_LENGTH_MM:g} {HALF_WIDTH_MM:g}"
            f" (got {found(where)}): {did_you_mean(where, tuple(places))}",
        )
    if context.control.lay is None:
        raise ConsoleError(
            Code.NOT_TAKEN,
            "lay: only where matfw runs on an empty virtual mat, `matfw run --virtual empty`",
        )
    context.control.lay(weight_kg, x_mm, y_mm)
    if not weight_kg:
        return reply("the virtual mat is empty", weight_kg=0.0)
    return reply(f"{weight_kg:g} kg lie on the virtual mat at x {x_mm:g}, y {y_mm:g} mm",
                weight_kg=weight_kg, x_mm=x_mm, y_mm=y_mm)  # fmt: skip


COMMANDS = (
    Command(
        "status", MAT, "who is on the mat, phase, set and rep, every cell, what is unsaved",
        status,
    ),
    Command(
        "stream", MAT, "report phase, angle and loads, RATE times a second; 0 ends it",
        stream,
        (
            Argument("rate", "lines a second; 0 ends the stream",
                     minimum=0.0, maximum=MAX_RATE_HZ, unit="Hz"),
            Argument("what", "which values; motion if left out", choices=tuple(WHAT),
                     is_optional=True),
        ),
        more=("Lines that a slow link cannot take are dropped and counted.",),
    ),
    Command(
        "lay", MAT, "on an empty virtual mat only: put one weight on it; 0: take it off",
        lay,
        LAY,
        more=("Without WHERE it lies in the middle. `matfw run --virtual empty` is such a mat:"
              " calibration can be practised on it.",),
    ),
    Command(
        "record", MAT, "write raw counts into a recording; `record stop` ends it",
        record,
        (Argument("name", "a new name of letters, digits, - and _, or stop"),),
        is_guarded=True,
        more=("It goes into the folder `recordings` beside the state, and can be replayed with"
              " `matfw replay`.",),
    ),
)  # fmt: skip
