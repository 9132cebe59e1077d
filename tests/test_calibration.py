"""Counts -> kilograms: a straight line between the rails, and nothing beyond them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matfw.calibration import RAIL_MAX_COUNTS, RAIL_MIN_COUNTS, Calibration
from matfw.messages import CellCalibration, RawFrame

LINE = CellCalibration(tare_counts=8123.0, counts_per_kg=42_900.0)


def kilograms(count: int | None, line: CellCalibration = LINE) -> float | None:
    [load_kg] = Calibration([line]).update(RawFrame(0.0, (count,))).loads_kg
    return load_kg


@given(
    st.integers(RAIL_MIN_COUNTS + 1, RAIL_MAX_COUNTS - 1),
    st.floats(-1e6, 1e6),
    st.floats(100.0, 1e6) | st.floats(-1e6, -100.0),
)
def test_kilograms_times_the_slope_plus_the_tare_are_the_counts_again(
    count: int, tare_counts: float, counts_per_kg: float
) -> None:
    load_kg = kilograms(count, CellCalibration(tare_counts, counts_per_kg))
    assert load_kg is not None
    assert load_kg * counts_per_kg + tare_counts == pytest.approx(count, abs=1e-3)


@pytest.mark.parametrize(
    ("count", "is_load"),
    [
        (RAIL_MAX_COUNTS - 1, True),
        (RAIL_MAX_COUNTS, False),
        (RAIL_MAX_COUNTS + 1, False),
        (RAIL_MIN_COUNTS + 1, True),
        (RAIL_MIN_COUNTS, False),
        (RAIL_MIN_COUNTS - 1, False),
    ],
)
def test_a_count_at_a_rail_is_no_load(count: int, is_load: bool) -> None:
    assert (kilograms(count) is not None) is is_load


def test_a_missing_sample_stays_missing_and_the_others_stay_theirs() -> None:
    loads = Calibration([LINE, LINE, LINE]).update(RawFrame(1.5, (8123, None, 51_023)))
    assert list(loads.loads_kg) == [0.0, None, pytest.approx(1.0)]
    assert loads.t_s == 1.5
    assert loads.counts == (8123, None, 51_023)


def test_a_frame_of_another_mat_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        Calibration([LINE]).update(RawFrame(0.0, (1, 2)))


def test_reset_changes_nothing() -> None:
    stage = Calibration([LINE])
    before = stage.update(RawFrame(0.0, (9000,)))
    stage.reset()
    assert stage.update(RawFrame(0.0, (9000,))) == before
