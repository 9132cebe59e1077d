"""Every number's range: its ends are good, what lies just beyond is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from matfw.errors import MatSettingsError
from tests.settings.contents import error_of, loaded

RANGES: list[tuple[str, float, float, float]] = [
    ("gpio.chip", 0, 99, 1),
    ("outputs.buzzer_pin", 2, 27, 1),
    ("outputs.light_pins.hip", 2, 27, 1),
    ("hip_sensors.i2c_bus", 0, 99, 1),
    ("hip_sensors.xshut_pins.shoulder", 2, 27, 1),
    ("hip_sensors.xshut_pins.hip", 2, 27, 1),
    ("hip_sensors.xshut_pins.heel", 2, 27, 1),
    ("person.height_m", 0.5, 2.5, 0.01),
    ("workout.reps", 1, 200, 1),
    ("workout.sets", 1, 50, 1),
    ("workout.rest_s", 0, 3600, 0.1),
    ("limits.too_high_deg", 1, 120, 0.1),
    ("limits.too_small_deg", 1, 120, 0.1),
    ("limits.kick_up_s", 0, 10, 0.1),
    ("limits.rushed_up_s", 0, 10, 0.1),
    ("limits.drop_down_s", 0, 10, 0.1),
    ("limits.rushed_down_s", 0, 10, 0.1),
    ("limits.short_hold_s", 0, 10, 0.1),
    ("limits.roll_back_mm", 1, 200, 0.1),
    ("limits.roll_back_deg", 1, 120, 0.1),
    ("limits.leg_forward_mm", 1, 200, 0.1),
    ("limits.bent_body_deg", 1, 120, 0.1),
    ("limits.off_mat_n", 3, 200, 0.1),
]


@pytest.mark.parametrize(("key", "minimum", "maximum", "step"), RANGES)
def test_range(key: str, minimum: float, maximum: float, step: float, tmp_path: Path) -> None:
    for good in (minimum, minimum + step, maximum - step, maximum):
        try:
            loaded(tmp_path, f"{key} = {good}")
        except MatSettingsError as error:
            # Within its range a value may still stand against another setting.
            if "both use GPIO" not in str(error) and "must not be above" not in str(error):
                raise
    for bad in (minimum - step, maximum + step):
        message = error_of(tmp_path, f"{key} = {bad}")
        assert message.startswith(f", line 1: {key} must be ")
        assert f"{minimum:g} to {maximum:g} (got {bad}" in message


def test_range_of_each_part_of_the_tempo(tmp_path: Path) -> None:
    for good in ([0.5, 0, 0.5], [6, 10, 6], [3, 30, 4.5]):
        assert loaded(tmp_path, f"workout.tempo_s = {good}").workout.tempo_s == tuple(good)
    for bad, place in (
        ([0.1, 1, 1], "first"), ([1, -0.1, 1], "second"), ([1, 1, 0.1], "third"),
        ([1, 30.1, 1], "second"),
    ):  # fmt: skip
        message = error_of(tmp_path, f"workout.tempo_s = {bad}")
        assert f"workout.tempo_s, {place} value, must be a number" in message
