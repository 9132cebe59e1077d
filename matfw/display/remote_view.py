"""What a console's JSON lines say of the session -> the View that the live picture shows."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from matfw.display.view import MAX_VERDICTS, SILENT_S, CellView, View, in_set
from matfw.messages import CUES, CellProblem, Limits, Phase, Side, Tempo, Verdict, cue_named
from matfw.sounds.earcons import lights_at, tone_at

ASK = ("mode json", "tell all", "status", "stream 10 all")
LEAVE = ("stream 0", "tell reps", "mode text")
TITLE, KEY = "matfw console", "any key leaves"

Fields = Mapping[str, Any]  # Any: what JSON can hold


class RemoteView:
    """Follows one device from its lines."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        """Take monotonic seconds; begin with nothing known."""
        self._now_s = now_s
        self._heard_s = now_s()
        self.view: View | None = None
        self._cue_s = 0.0
        self._verdicts: deque[Verdict] = deque(maxlen=MAX_VERDICTS)

    def take(self, fields: Fields) -> bool:
        """Take one line's object; return whether there is something new to draw."""
        if fields.get("event") == "stream":
            self._heard_s = self._now_s()
        match fields:
            case {"ok": True, "result": {"mat": {"cells": [*_]}} as result}:
                self.view = _begun(result)
                return True
            case _ if self.view is None:
                return False
            case {"event": "stream"}:
                self.view = self._moved(self.view, fields)
                return True
            case {"event": "person", "weight_kg": float(weight_kg)}:
                self.view = replace(self.view, weight_kg=weight_kg)
            case {"event": "cue", "cue": str(cue), "t_s": float(t_s)} if cue in set(CUES):
                self.view = replace(self.view, cue=cue_named(cue))
                self._cue_s = t_s
            case {"event": "rep", "verdict": str(verdict)} if verdict in set(Verdict):
                self._verdicts.append(Verdict(verdict))
            case {"event": "sensor", "cell": str(name), "problem": str(problem)}:
                self.view = replace(
                    self.view,
                    cells=tuple(
                        replace(cell, problem=CellProblem(problem)) if cell.name == name else cell
                        for cell in self.view.cells
                    ),
                )
            case _:
                pass
        return False

    @property
    def silent(self) -> View | None:
        """Return what to draw where nothing comes any more: the last picture, which says so."""
        silent_s = self._now_s() - self._heard_s
        if silent_s < SILENT_S:
            return None
        return replace(self.view or View(0.0, title=TITLE, leave=KEY), silent_s=silent_s)

    def _moved(self, view: View, fields: Fields) -> View:
        t_s = float(fields["t_s"])
        age_s = max(0.0, t_s - self._cue_s)
        return replace(
            view,
            t_s=t_s,
            phase=Phase(fields["phase"]),
            leg_angle_deg=max(0.0, float(fields["angle_deg"])) if view.weight_kg else None,
            cop_x_mm=fields["x_mm"],
            cop_y_mm=fields["y_mm"],
            load_kg=fields["load_kg"],
            cells=tuple(
                replace(cell, load_kg=fields["cells"].get(cell.name)) for cell in view.cells
            ),
            verdicts=in_set(self._verdicts, int(fields["rep"])),
            set_number=int(fields["set"]),
            cue_age_s=age_s,
            lights=lights_at(view.cue, age_s) if view.cue else (0.0, 0.0, 0.0),
            tone_hz=tone_at(view.cue, age_s) if view.cue else None,
        )


def _begun(result: Fields) -> View:
    """Return the view of a `status`."""
    problems = {name: CellProblem(cell["problem"]) for name, cell in result["cells"].items()}
    return View(
        t_s=0.0,
        title=TITLE,
        leave=KEY,
        is_simulated=bool(result["virtual"]),
        phase=Phase(result["phase"]),
        tempo=Tempo(*result["tempo_s"]),
        side=Side(result["side"]),
        weight_kg=result["weight_kg"],
        load_kg=result["load_kg"],
        cells=tuple(
            CellView(c["name"], c["x_mm"], c["y_mm"], None, problems.get(c["name"], CellProblem.OK))
            for c in result["mat"]["cells"]
        ),
        limits=Limits(**result.get("limits", {})),
        target_reps=int(result["reps"]),
        set_number=int(result["set"]),
    )
