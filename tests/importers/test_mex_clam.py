"""The clams' import: angles and reps such as people make, found by the module's written rule."""

from __future__ import annotations

import numpy as np
import pytest

from tests.importers import mex_clam

# By the rule of mex_clam.py; a reader can count them on a plot of angle_deg. Recordings that are
# not named have the sensor on the still leg.
REPS = {
    "01_clam_2": 16,
    "02_clam_2": 11,
    "03_clam_2": 9,
    "04_clam_1": 5,
    "04_clam_2": 5,
    "05_clam_2": 4,
    "06_clam_2": 4,
    "07_clam_2": 5,
    "08_clam_2": 6,
    "09_clam_1": 6,
    "09_clam_2": 7,
    "10_clam_1": 8,
    "10_clam_2": 5,
    "11_clam_2": 17,
    "12_clam_1": 8,
    "12_clam_2": 9,
    "13_clam_2": 12,
    "14_clam_1": 8,
}


@pytest.mark.parametrize("name", mex_clam.RECORDINGS)
def test_reps_of_each_recording(name: str) -> None:
    assert len(mex_clam.load(name).reps) == REPS.get(name, 0)


@pytest.mark.parametrize("name", REPS)
def test_reps_are_such_as_people_make(name: str) -> None:
    clam = mex_clam.load(name)
    for rep in clam.reps:
        assert rep.start_s < rep.top_s <= rep.lower_s < rep.end_s
        assert 0.5 < rep.end_s - rep.start_s < 8
        assert 10 < rep.height_deg < 95
    ends = [rep.end_s for rep in clam.reps[:-1]]
    assert all(end <= rep.start_s for end, rep in zip(ends, clam.reps[1:], strict=True))


def test_time_runs_forward_and_angle_is_smooth() -> None:
    clam = mex_clam.load("01_clam_2")
    assert np.diff(clam.t_s).min() > 0
    assert np.abs(np.diff(clam.angle_deg)).max() < 3


def test_rule_on_a_curve_whose_crossings_are_known() -> None:
    # 2 s up, 1 s at the top (sinking by 0.01 degree: a peak must have a highest point), 4 s down.
    knots_s = [0, 3, 5, 6, 10, 13, 15, 16, 20, 22]
    t_s = np.arange(0, 22, 0.01)
    angle_deg = np.interp(t_s, knots_s, [0, 0, 40, 39.99, 0, 0, 40, 39.99, 0, 0])
    reps = mex_clam.find_reps(t_s, angle_deg)
    assert len(reps) == 2
    for rep, begin_s in zip(reps, (3.0, 13.0), strict=True):
        assert rep.start_s == pytest.approx(begin_s + 0.1, abs=0.02)
        assert rep.top_s == pytest.approx(begin_s + 1.9, abs=0.02)
        assert rep.lower_s == pytest.approx(begin_s + 3.2, abs=0.02)
        assert rep.end_s == pytest.approx(begin_s + 6.8, abs=0.02)
        assert rep.height_deg == pytest.approx(40, abs=0.1)


def test_angle_of_a_sensor_turned_by_hand() -> None:
    t_s = np.arange(0, 20, 0.01)
    turned = np.radians(np.interp(t_s, [0, 5, 7, 10, 12, 20], [0, 0, 30, 30, -10, -10]))
    gravity = np.column_stack([np.cos(turned), np.zeros_like(t_s), np.sin(turned)])
    angle_deg = mex_clam.thigh_angle(t_s, gravity)
    assert angle_deg[100] == pytest.approx(0, abs=0.1)
    assert angle_deg[850] == pytest.approx(30, abs=0.1)
    assert angle_deg[-100] == pytest.approx(-10, abs=0.1)
