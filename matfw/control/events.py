"""The line's events as one JSON object a line, as `replay --json` prints them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, assert_never

import msgspec

from matfw.messages import (
    CellEvent,
    CueGiven,
    Event,
    PersonWeighed,
    PhaseChanged,
    ReaderEvent,
    Rep,
    Verdict,
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


def _fields(event: Event) -> dict[str, Any]:  # Any: what JSON can hold
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
        case _:
            assert_never(event)


def _rep_fields(rep: Rep) -> dict[str, Any]:
    fields: dict[str, Any] = {"event": "rep", "rep": rep.rep}
    for name in ("t_s", "start_s", "top_s", "lower_s", "end_s", "up_s", "hold_s", "down_s"):
        fields[name] = round(getattr(rep, name), 3)
    fields["angle_deg"] = round(rep.angle_deg, 1)
    fields["verdict"] = rep.verdict
    fields["faults"] = [
        {"fault": seen.fault, "size": round(seen.size, 1), "unit": seen.unit} for seen in rep.faults
    ]
    fields["side"] = rep.side
    return fields
