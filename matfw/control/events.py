"""The line's events as text: one JSON object a line for programs, one line for people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, assert_never

import msgspec

from matfw.control.words import CUE_WORDS, PROBLEM_WORDS, READER_WORDS
from matfw.judging.reasons import is_timed
from matfw.messages import (
    CellEvent,
    CueGiven,
    Event,
    PersonWeighed,
    PhaseChanged,
    ReaderEvent,
    Rep,
    RestChanged,
    SetChanged,
    SetState,
    Side,
    Tapped,
    Verdict,
    WorkoutChanged,
)


@dataclass(slots=True)
class Tally:
    """What a run came to."""

    frames: int = 0
    bad_frames: int = 0  # a cell or more without a valid sample
    verdicts: dict[Verdict, int] = field(default_factory=lambda: dict.fromkeys(Verdict, 0))

    def as_json(self) -> bytes:
        """Return the `summary` line."""
        return msgspec.json.encode(
            {
                "event": "summary",
                "reps": sum(self.verdicts.values()),
                "clean": self.verdicts[Verdict.CLEAN],
                "faulty": self.verdicts[Verdict.FAULT],
                "unsure": self.verdicts[Verdict.UNSURE],
                "frames": self.frames,
                "bad_frames": self.bad_frames,
            }
        )


def event_json(event: Event) -> bytes:
    """Return an event as one JSON object; seconds with 3 decimals, sizes with 1."""
    return msgspec.json.encode(_fields(event))


def _fields(event: Event) -> dict[str, Any]:  # noqa: PLR0911  # a table; Any: what JSON can hold
    t_s = round(event.t_s, 3)
    match event:
        case PersonWeighed():
            return {"event": "person", "t_s": t_s, "weight_kg": round(event.weight_kg, 2)}
        case PhaseChanged():
            return {"event": "phase", "t_s": t_s, "phase": event.phase}
        case CueGiven():
            return {"event": "cue", "t_s": t_s, "cue": event.cue}
        case CellEvent():
            return {
                "event": "sensor",
                "t_s": t_s,
                "cell": event.cell,
                "problem": event.problem,
                **({"count": event.count} if event.count else {}),
            }
        case ReaderEvent():
            return {
                "event": "reader",
                "t_s": t_s,
                "problem": event.problem,
                "torn_share": round(event.torn_share, 4),
            }
        case Rep():
            return _rep_fields(event)
        case WorkoutChanged() | SetChanged() | RestChanged() | Tapped():
            return _workout_fields(event, t_s)
        case _:
            assert_never(event)


def _workout_fields(
    event: WorkoutChanged | SetChanged | RestChanged | Tapped, t_s: float
) -> dict[str, Any]:
    match event:
        case WorkoutChanged():
            return {"event": "workout", "t_s": t_s, "state": event.state}
        case SetChanged():
            return {
                "event": "set",
                "t_s": t_s,
                "state": event.state,
                "set": event.set,
                "of": event.of,
                "side": event.side,
                "reps": event.reps,
                "clean": event.clean,
            }
        case RestChanged():
            rest_s = round(event.rest_s, 1)
            return {"event": "rest", "t_s": t_s, "state": event.state, "rest_s": rest_s}
        case Tapped():
            return {"event": "tap", "t_s": t_s, "taps": event.taps}
        case _:
            assert_never(event)


def _rep_fields(rep: Rep) -> dict[str, Any]:
    fields: dict[str, Any] = {"event": "rep", "rep": rep.rep}
    for name in ("t_s", "start_s", "top_s", "lower_s", "end_s", "up_s", "hold_s", "down_s"):
        fields[name] = round(getattr(rep, name), 3)
    fields["angle_deg"] = round(rep.angle_deg, 1)
    fields["verdict"] = rep.verdict
    fields["faults"] = [
        {"fault": seen.fault, "size": round(seen.value, 1), "unit": seen.unit}
        for seen in rep.faults
    ]
    fields["side"] = rep.side
    return fields


def event_line(event: Event) -> str:  # noqa: PLR0911  # a table
    """Return an event as one line for people: time, kind, what."""
    at = f"{event.t_s:9.2f} s  "
    match event:
        case PersonWeighed():
            return f"{at}person  {event.weight_kg:.1f} kg, lying still"
        case PhaseChanged():
            return f"{at}phase   {event.phase}"
        case CueGiven():
            return f"{at}cue     {event.cue}: {CUE_WORDS[event.cue].sentence}"
        case CellEvent():
            often = f", {event.count} times" if event.count else ""
            words = PROBLEM_WORDS[event.problem]
            return f"{at}sensor  {event.cell} {event.problem}: {words}{often}"
        case ReaderEvent():
            words = READER_WORDS[event.problem].sentence
            return f"{at}reader  {event.problem}: {words} {event.torn_share:.1%} of samples lost"
        case Rep():
            times = "not timed"
            if is_timed(event):
                times = f"{event.up_s:.1f}-{event.hold_s:.1f}-{event.down_s:.1f} s"
            what = f"{at}rep {event.rep:3d} {event.verdict:6s} {times} {event.angle_deg:.0f} deg"
            why = ", ".join(f"{f.fault} {f.value:.1f} {f.unit}" for f in event.faults)
            return f"{what}  {why or event.reason}".rstrip()
        case WorkoutChanged() | SetChanged() | RestChanged() | Tapped():
            return f"{at}{_workout_line(event)}"
        case _:
            assert_never(event)


def _workout_line(event: WorkoutChanged | SetChanged | RestChanged | Tapped) -> str:
    match event:
        case WorkoutChanged():
            return f"workout {event.state}"
        case SetChanged():
            side = f"{event.side} side, " if event.side is not Side.UNKNOWN else ""
            what = f"{side}{event.reps} reps"
            if event.state is SetState.DONE:
                what = f"{what}, {event.clean} clean"
            return f"set     {event.set} of {event.of} {event.state}: {what}"
        case RestChanged():
            return f"rest    {event.state}: {event.rest_s:.0f} s"
        case Tapped():
            return f"tap     {event.taps} times"
        case _:
            assert_never(event)
