"""Lifts at slow tempos, of which load says nothing: a moment with sway of a fixed seed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from matfw.estimation.leg_model import Array
from matfw.estimation.noise import STEP_S
from matfw.messages import Motion, Presence, Tempo
from matfw.refinement.rep_shape import SIZE, TYPICAL_EXPONENT, shape_rad
from matfw.refinement.segment import Segment
from matfw.refinement.slow_lifts import slow_lifts
from matfw.refinement.slow_tempo import is_slow
from matfw.refinement.windows import RepWindow
from tests.estimation.leg_forces import MODEL

BEGIN_S, AFTER_S = 6.0, 4.0
TOP_RAD = math.radians(36.0)
SWAY_NM, SWAY_TAU_S, WHITE_NM, WHITE_N = 0.5, 3.0, 0.3, 0.5
NEAR_S = 1.0
TEMPOS = (Tempo(4, 1, 4), Tempo(6, 1, 6), Tempo(2, 10, 3), Tempo(3, 30, 3), Tempo(10, 30, 10))


def window(
    asked: Tempo,
    done: Tempo,
    until_s: float | None = None,
    top_rad: float = TOP_RAD,
    seed: int = 5,
) -> RepWindow:
    """Return a lift as done, in the window of a mat that asks for a tempo."""
    length_s = done.up_s + done.hold_s + done.down_s
    rng = np.random.default_rng(seed)
    t_s = np.arange(0.0, until_s or BEGIN_S + length_s + AFTER_S, STEP_S)
    params = np.full(SIZE, TYPICAL_EXPONENT)
    params[:5] = BEGIN_S, done.up_s, done.hold_s, done.down_s, top_rad
    params[9:] = 0.0
    angle = shape_rad(params, t_s)
    rate = np.gradient(angle, STEP_S)
    accel = np.gradient(rate, STEP_S)
    load_n = MODEL.force_n(angle, rate, accel) + rng.normal(0.0, WHITE_N, len(t_s))
    moment_nm = MODEL.moment_nm(angle, rate, accel) + rng.normal(0.0, WHITE_NM, len(t_s))
    moment_nm += _sway(len(t_s), rng)
    motions = tuple(
        Motion(t_s=t, presence=Presence.LYING, weight_kg=64.0, load_n=n, moment_nm=nm)
        for t, n, nm in zip(t_s.tolist(), load_n.tolist(), moment_nm.tolist(), strict=True)
    )
    return RepWindow(motions, MODEL, 1.0, motions[-1].t_s, tempo=asked)


def _sway(steps: int, rng: np.random.Generator) -> Array:
    keeps = math.exp(-STEP_S / SWAY_TAU_S)
    sway, at = np.empty(steps), 0.0
    for i, draw in enumerate(rng.normal(0.0, SWAY_NM * math.sqrt(1.0 - keeps**2), steps)):
        at = keeps * at + float(draw)
        sway[i] = at
    return sway


def found(seen: RepWindow) -> list[tuple[float, float]]:
    segment = Segment.of(seen, -math.inf)
    assert segment is not None
    return [(rep.start_s, rep.end_s) for rep in slow_lifts(segment)]


@pytest.mark.parametrize("tempo", TEMPOS)
def test_lift_at_the_tempo_asked_for_is_found_once(tempo: Tempo) -> None:
    ((start_s, end_s),) = found(window(tempo, tempo))
    length_s = tempo.up_s + tempo.hold_s + tempo.down_s
    assert start_s == pytest.approx(BEGIN_S, abs=NEAR_S + 0.15 * tempo.up_s)
    assert end_s == pytest.approx(BEGIN_S + length_s, abs=NEAR_S + 0.15 * tempo.down_s)


def test_leg_that_is_still_held_is_no_repetition_yet() -> None:
    tempo = Tempo(3, 30, 3)
    assert found(window(tempo, tempo, until_s=BEGIN_S + 25.0)) == []


def test_lift_as_quick_as_usual_is_left_to_the_curve() -> None:
    assert found(window(Tempo(3, 30, 3), Tempo(2, 1, 3))) == []


def test_nobody_lifts_while_a_body_only_sways() -> None:
    tempo = Tempo(6, 1, 6)
    assert found(window(tempo, tempo, until_s=90.0, top_rad=0.0)) == []


def test_usual_and_quick_tempos_are_not_slow() -> None:
    assert not any(map(is_slow, (Tempo(), Tempo(0.5, 0.3, 0.5), Tempo(3.0, 5.0, 4.5))))
    assert all(map(is_slow, (Tempo(3.1, 1, 3), Tempo(2, 1, 4.6), Tempo(2, 5.1, 3))))
