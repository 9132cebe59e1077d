"""The machine's state as it is read: the calibration of each cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from matfw.errors import MatSettingsError
from matfw.messages import CellCalibration
from matfw.settings.model import NOMINAL, Settings
from matfw.settings.state_file import read_state


def test_state_calibrates_the_cells_it_names(tmp_path: Path) -> None:
    (tmp_path / "state.toml").write_text(
        "version = 2\n"  # a later matfw's key
        "[calibration.head_left]\ntare_counts = 8123.5\ncounts_per_kg = -42900\n"
        "[calibration.of_another_mat]\ntare_counts = 1\ncounts_per_kg = 1\n"
    )
    state = read_state(tmp_path).state
    settings = Settings()
    assert settings.mat(state).calibration == (CellCalibration(8123.5, -42900.0), *[NOMINAL] * 3)
    assert settings.uncalibrated(state) == ("head_right", "foot_left", "foot_right")


def test_no_state_yet_is_no_calibration(tmp_path: Path) -> None:
    assert read_state(tmp_path).state.calibration == {}
    assert read_state(tmp_path / "none").state.calibration == {}


STATE_ERRORS = {
    "key missing": (
        "[calibration.a]\ntare_counts = 1",
        "line 1: calibration.a lacks counts_per_kg",
    ),
    "zero": (
        "[calibration.a]\ntare_counts = 1\ncounts_per_kg = 0",
        "line 3: calibration.a.counts_per_kg must be at least 1, or at most -1",
    ),
    "tare": (
        "[calibration.a]\ntare_counts = 8388608\ncounts_per_kg = 1",
        "line 2: calibration.a.tare_counts must be a number -8388608 to 8388607 (got 8388608)",
    ),
}


@pytest.mark.parametrize("case", STATE_ERRORS)
def test_state_error_names_line_and_cure(case: str, tmp_path: Path) -> None:
    text, part = STATE_ERRORS[case]
    (tmp_path / "state.toml").write_text(text)
    with pytest.raises(MatSettingsError) as caught:
        read_state(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path}/state.toml, {part}")
    if case in ("zero", "tare"):
        assert str(caught.value).endswith("calibrate again or delete it")


@pytest.mark.parametrize(
    ("per_kg", "is_good"), [(1, True), (0.99, False), (-1, True), (-0.99, False)]
)
def test_counts_per_kg_next_to_zero(per_kg: float, is_good: bool, tmp_path: Path) -> None:
    (tmp_path / "state.toml").write_text(
        f"[calibration.a]\ntare_counts = 1\ncounts_per_kg = {per_kg}"
    )
    if is_good:
        assert read_state(tmp_path).state.calibration["a"].counts_per_kg == per_kg
    else:
        with pytest.raises(MatSettingsError, match="must be at least 1"):
            read_state(tmp_path)
