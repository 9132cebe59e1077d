"""What `watch` makes of the lines that it is sent."""

from __future__ import annotations

from matfw.display.remote_view import RemoteView
from matfw.messages import Fault, Phase, Side, Verdict

STATUS = {
    "id": None, "ok": True,
    "result": {
        "virtual": True, "phase": "rest", "tempo_s": [2.0, 1.0, 3.0], "side": "left",
        "limits": {"too_high_deg": 44.0},
        "weight_kg": None, "load_kg": 0.0, "reps": 2, "set": 1,
        "mat": {"layout": "core4", "cells": [{"name": "a", "x_mm": -900.0, "y_mm": 275.0},
                                             {"name": "b", "x_mm": 900.0, "y_mm": 275.0}]},
        "cells": {"a": {"load_kg": 0.0, "problem": "ok"},
                  "b": {"load_kg": None, "problem": "lost"}},
    },
}  # fmt: skip
ROW = {"event": "stream", "t_s": 12.0, "phase": "up", "angle_deg": 21.5, "load_kg": 64.0,
       "x_mm": -3.5, "y_mm": 7.0, "weight_kg": 64.0,
       "rep": 1, "set": 2, "cells": {"a": 40.0, "b": None}}  # fmt: skip


def test_the_view_follows_status_rows_and_events() -> None:
    remote = RemoteView(lambda: 0.0)
    assert not remote.take(ROW), "nothing is drawn of a mat that is not known"
    assert remote.take(STATUS)
    view = remote.view
    assert view is not None
    assert (view.is_simulated, view.side, view.target_reps) == (True, Side.LEFT, 2)
    remote.take({"event": "person", "t_s": 11.0, "weight_kg": 64.0})
    remote.take({"event": "cue", "t_s": 11.5, "cue": "roll_back"})
    for verdict in ("clean", "fault", "unsure"):
        remote.take({"event": "rep", "verdict": verdict})
    assert remote.take(ROW)
    view = remote.view
    assert view is not None
    assert (view.phase, view.leg_angle_deg, view.cop_mm) == (Phase.UP, 21.5, (-3.5, 7.0))
    assert [(cell.load_kg, cell.problem.value) for cell in view.cells] == [
        (40.0, "ok"), (None, "lost"),
    ]  # fmt: skip
    assert (view.cue, view.cue_age_s) == (Fault.ROLL_BACK, 0.5)
    assert view.limits.too_high_deg == 44.0
    assert (view.verdicts, view.set_number) == ((Verdict.UNSURE,), 2)
    remote.take({"event": "sensor", "cell": "b", "problem": "ok"})
    remote.take({"event": "unknown", "text": "of a newer device"})
    assert remote.view is not None
    assert remote.view.cells[1].problem.value == "ok"
