"""Settings and calibration -> what the running line and outputs are to be like."""

from __future__ import annotations

from dataclasses import dataclass, replace

from matfw.messages import Mat, Side
from matfw.settings.model import Settings, calibration_of
from matfw.settings.plans import NO_PLAN
from matfw.settings.quiet_hours import QuietHours, quiet_hours
from matfw.settings.state import MachineState
from matfw.sounds.modes import SoundMode
from matfw.workout.plan import Plan


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """All that can change while the firmware runs. volume: 0 to 1."""

    mat: Mat
    plan: Plan
    volume: float
    sound: SoundMode = SoundMode.FULL
    quiet: QuietHours | None = None


def live_settings(
    settings: Settings,
    state: MachineState,
    mat: Mat,
    unset_side: Side,
    unset_plan: str = NO_PLAN,
) -> LiveSettings:
    """Return what settings and state come to; layout, rate and sensors stay as the mat has them.

    state: calibration and habits. unset_side: where the settings name none; a virtual person
    lies on one all the same. unset_plan: likewise.
    """
    settings = settings.led(unset_plan)
    asked = settings.mat()
    side = asked.side if asked.side is not Side.UNKNOWN else unset_side
    mat = replace(
        mat,
        calibration=calibration_of(mat.cells, state.calibration),
        person=asked.person,
        side=side,
        tempo=asked.tempo,
        limits=state.limits(settings.asked_limits(), side),
        side_limits=state.side_limits(settings.asked_limits()),
    )
    return LiveSettings(
        mat,
        settings.plan(),
        settings.outputs.loudness_percent() / 100.0,
        settings.outputs.sound,
        quiet_hours(settings.outputs.quiet_hours or ""),
    )
