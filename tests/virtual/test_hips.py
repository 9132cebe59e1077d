"""Virtual hip sensors: wrong only where that was asked for, and in step with the frames."""

from __future__ import annotations

import numpy as np
import pytest

from matfw.errors import MatSettingsError
from matfw.layouts import PRESETS
from matfw.ports import RAIL_CHANNELS, SACRUM_CHANNELS, SIDE_CHANNELS
from matfw.virtual.clock import VirtualClock
from matfw.virtual.hips import FollowingClock, HipsInStep, VirtualImu, VirtualRail
from matfw.virtual.person import generate
from matfw.virtual.sampling import HipErrors
from matfw.virtual.sessions import demo_session
from matfw.virtual.trace import Trace

EXACT = HipErrors(0.0, (1.0, 1.0), 0.0, 0.0, 0.0, 0.0, 0.0)


@pytest.fixture(scope="module")
def trace() -> Trace:
    return generate(demo_session(), PRESETS["core4"].cells, 1)


def column(sensor: VirtualImu | VirtualRail, clock: VirtualClock, seconds: float) -> list[float]:
    """Return the first column's values, 50 a second; NaN for None."""
    values = []
    for _ in range(int(seconds * 50)):
        value = sensor.read()[0]
        values.append(float("nan") if value is None else value)
        clock.sleep_s(0.02)
    return values


def test_errors_have_the_size_asked_for(trace: Trace) -> None:
    offsets = []
    for seed in range(30):
        clock = VirtualClock()
        errors = HipErrors(0.0, (1.0, 1.0), 3.0, 0.2)
        seen = np.array(column(VirtualImu(trace, clock, seed=seed, errors=errors), clock, 2.0))
        assert seen.std() == pytest.approx(0.2, rel=0.4)
        offsets.append(seen.mean())
    assert np.std(offsets) == pytest.approx(3.0, rel=0.35)


def test_every_rep_has_another_error(trace: Trace) -> None:
    clock = VirtualClock()
    errors = HipErrors(4.0, (1.0, 1.0), 0.0, 0.0)
    seen = column(VirtualImu(trace, clock, seed=3, errors=errors), clock, trace.duration_s - 1.0)
    left_over = [
        seen[int(rep.top_s * 50) + 10] - np.interp(rep.top_s + 0.1, trace.t_s, trace.hip_roll_deg)
        for rep in trace.truth
    ]
    assert 2.0 < np.std(left_over) < 7.0


def test_the_same_seed_gives_the_same_values(trace: Trace) -> None:
    def values(seed: int) -> list[float]:
        clock = VirtualClock()
        return column(VirtualRail(trace, clock, seed=seed), clock, 5.0)

    assert values(1) == values(1)
    assert values(1) != values(2)


def test_a_belt_is_as_late_as_the_real_ones_filter(trace: Trace) -> None:
    clock = VirtualClock()
    rolled = next(rep for rep in trace.truth if rep.roll_deg > 10.0)
    seen = np.array(column(VirtualImu(trace, clock, seed=1, errors=EXACT), clock, rolled.top_s))
    t_s = 0.02 * np.arange(len(seen))
    true = np.interp(t_s, trace.t_s, trace.hip_roll_deg)
    assert t_s[seen > 5.0][0] - t_s[true > 5.0][0] == pytest.approx(0.1, abs=0.021)


def test_a_rail_says_something_new_ten_times_a_second(trace: Trace) -> None:
    clock = VirtualClock()
    seen = column(VirtualRail(trace, clock, seed=1), clock, 5.0)
    assert 45 <= np.count_nonzero(np.diff(seen)) <= 50


def test_samples_go_missing_as_often_as_asked(trace: Trace) -> None:
    clock = VirtualClock()
    seen = column(VirtualImu(trace, clock, seed=1, drop_share=0.1), clock, 60.0)
    assert np.isnan(seen).mean() == pytest.approx(0.1, rel=0.25)
    with pytest.raises(MatSettingsError, match=r"drop_share must be 0 to 1 \(got 2\)"):
        VirtualImu(trace, clock, seed=1, drop_share=2.0)


def test_it_begins_again_only_if_asked(trace: Trace) -> None:
    rolled = next(rep for rep in trace.truth if rep.roll_deg > 10.0)
    again_s = trace.duration_s + 0.5 * (rolled.top_s + rolled.lower_s)
    for repeats, want_deg in ((True, rolled.roll_deg), (False, trace.hip_roll_deg[-1])):
        clock = VirtualClock(again_s)
        sensor = VirtualImu(trace, clock, seed=1, errors=EXACT, repeats=repeats)
        assert sensor.read() == pytest.approx((want_deg,), abs=0.3)


def test_who_takes_turns_is_seen_on_either_side_by_the_belt_and_rolls_the_same(
    trace: Trace,
) -> None:
    middle_s = 0.5 * (trace.lying_from_s + trace.truth[0].start_s)
    rows = []
    for turn in range(3):
        clock = VirtualClock(turn * trace.duration_s + middle_s)
        sensor = VirtualImu(
            trace, clock, seed=1, channels=SACRUM_CHANNELS + SIDE_CHANNELS, errors=EXACT,
            repeats=True, is_mirrored=(False, True),
        )  # fmt: skip
        rows.append(sensor.read())
    assert rows == [(0.0, -90.0), (0.0, 90.0), (0.0, -90.0)]


def test_in_step_every_frame_has_the_hips_of_its_own_time(trace: Trace) -> None:
    clock = FollowingClock()
    imu = VirtualImu(trace, clock, seed=1, errors=EXACT)
    rail = VirtualRail(trace, clock, seed=1, errors=EXACT)
    hips = HipsInStep((imu, rail), clock)
    assert hips.channels == SACRUM_CHANNELS + RAIL_CHANNELS
    rolled = next(rep for rep in trace.truth if rep.roll_deg > 10.0)
    middle_s = 0.5 * (rolled.top_s + rolled.lower_s)
    assert hips.at(0.5) == pytest.approx((0.0, 150.0, 150.0, 150.0), abs=0.01)
    assert hips.at(middle_s)[0] == pytest.approx(rolled.roll_deg, abs=0.3)
    assert hips.at(0.5)[0] == pytest.approx(rolled.roll_deg, abs=0.3)  # time never goes back
    hips.close()
    assert set(hips.at(middle_s)) == {None}
