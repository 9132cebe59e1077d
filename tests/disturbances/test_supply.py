"""What all cells step by alike is taken off, whatever the buzzer plays; what a body does is not."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

import pytest

from matfw.disturbances.supply import LEFT_KG, STEP_KG, STEP_MAX_KG, Supply
from matfw.messages import Loads
from tests.disturbances import courses
from tests.disturbances.courses import AT, RATE_HZ, REST_KG, Course


def through(course: Course, frames: int = 400, rate_hz: float = RATE_HZ) -> list[Loads]:
    stage = Supply(len(REST_KG), rate_hz)
    return courses.through(stage.update, course, frames, rate_hz)


def alike(kg: Callable[[int], float], shares: Sequence[float] = (1.0, 1.0, 1.0, 1.0)) -> Course:
    return lambda k: tuple(
        rest + share * kg(k) for rest, share in zip(REST_KG, shares, strict=True)
    )


def during(samples: int, kg: float, spread: int = 1) -> Callable[[int], float]:
    """Return a step that the converter's filter spreads over so many samples, and its end."""

    def ramp(k: int) -> float:
        return min(1.0, max(0.0, (k + 1) / spread))

    return lambda k: kg * (ramp(k - AT) - ramp(k - AT - samples))


def worst_kg(out: Sequence[Loads]) -> float:
    return max(abs((loads.loads_kg[0] or 0.0) - REST_KG[0]) for loads in out)


@pytest.mark.parametrize("spread", [1, 4])
@pytest.mark.parametrize(
    ("kg", "samples"), [(-0.5, 16), (-0.5, 120), (0.95 * STEP_MAX_KG, 16), (-0.5, 480)]
)
def test_what_the_buzzer_draws_is_taken_off_all_cells(kg: float, samples: int, spread: int) -> None:
    """Of an earcon, of a pattern, and of the tone of a whole repetition."""
    out = through(alike(during(samples, kg, spread)), frames=800)
    assert worst_kg(out) < 1e-9
    assert out[-1].loads_kg == pytest.approx(REST_KG)
    assert not any(loads.unreliable_mask for loads in out)


@pytest.mark.parametrize("drift_kg_per_s", [0.8 / 300.0, 0.02])
def test_a_zero_that_jumped_in_all_cells_stays_taken_off_while_who_lies_there_drifts(
    drift_kg_per_s: float,
) -> None:
    """Creep, or a hand that eases off, brings the load back to what it was before the step."""
    rng, stage = random.Random(1), Supply(len(REST_KG), RATE_HZ)
    for k in range(round(360 * RATE_HZ)):
        t_s = k / RATE_HZ
        kg = -0.2 * (t_s >= 5.0) + 0.25 * drift_kg_per_s * max(0.0, t_s - 6.0)
        row = tuple(rest + kg + rng.gauss(0.0, 0.005) for rest in REST_KG)
        stage.update(Loads(t_s, row, (k,) * 4))
    assert stage.offset_kg == pytest.approx(-0.2, abs=0.03)


def test_a_pattern_is_taken_off_beat_by_beat_and_through_noise() -> None:
    rng = random.Random(1)

    def course(k: int) -> Sequence[float]:
        draw_kg = 0.3 if AT <= k < AT + 72 and (k - AT) % 24 < 12 else 0.0
        return [rest - draw_kg + rng.gauss(0.0, 0.01) for rest in REST_KG]

    rows = [course(k) for k in range(400)]
    assert worst_kg(through(lambda k: rows[k])) < 0.06


@pytest.mark.parametrize("kg", [0.5 * STEP_KG, 1.05 * STEP_MAX_KG])
def test_a_step_that_is_no_buzzers_is_left_alone(kg: float) -> None:
    out = through(alike(during(16, kg)))
    assert out[AT + 8].loads_kg == pytest.approx([rest + kg for rest in REST_KG])


@pytest.mark.parametrize(
    "course",
    [
        alike(during(1000, 0.5), (1.5, 1.5, 0.5, 0.5)),
        alike(lambda k: 2.0 * math.sin(0.4 * (k - AT)) if AT <= k < AT + 63 else 0.0),
        alike(lambda k: 0.05 * max(0, min(k - AT, 20))),
    ],
    ids=["not alike", "a bounce", "a push that grows"],
)
def test_a_body_is_left_alone(course: Course) -> None:
    for k, loads in enumerate(through(course)):
        if k > AT + 6:  # the first samples of a bounce, from level, may pass for a step
            assert loads.loads_kg == course(k)


def test_a_step_under_way_is_given_up_at_a_hole() -> None:
    def course(k: int) -> Sequence[float | None]:
        row: list[float | None] = list(alike(during(1000, 0.5))(k))
        if k == AT + 1:
            row[0] = None
        return row

    assert list(through(course)[-1].loads_kg) == course(399)


@pytest.mark.parametrize(("share", "is_over"), [(1.05, False), (0.95, True)])
def test_a_step_that_stays_is_taken_off_until_the_mat_is_left(share: float, is_over: bool) -> None:
    """0.4 kg more in all cells; then the body leaves, and comes back."""

    def course(k: int) -> Sequence[float]:
        left_kg = share * LEFT_KG / sum(REST_KG)
        step = during(10_000, 0.4)(k)
        return [(left_kg if 600 <= k < 700 else 1.0) * rest + step for rest in REST_KG]

    out = through(course, frames=800)
    assert out[599].loads_kg == pytest.approx(REST_KG)
    assert out[-1].loads_kg[0] == pytest.approx(REST_KG[0] + (0.4 if is_over else 0.0))


@pytest.mark.parametrize("lost", [12, 24], ids=["of an end", "of a beginning"])
def test_an_edge_that_is_lost_is_made_up_for_by_the_next_ones(lost: int) -> None:
    """Draws of 12 samples in each 24; the hole of one sample hides one edge."""

    def course(k: int) -> Sequence[float | None]:
        draw_kg = 0.4 if AT <= k < AT + 240 and (k - AT) % 24 < 12 else 0.0
        row: list[float | None] = [rest - draw_kg for rest in REST_KG]
        if k == AT + lost:
            row[0] = None
        return row

    out = through(course)
    after = [loads.loads_kg[0] for loads in out[AT + 60 :]]
    assert after == pytest.approx([REST_KG[0]] * len(after))


def test_slow_converters_show_no_steps() -> None:
    course = alike(during(16, 0.5))
    assert through(course, rate_hz=10.0)[AT + 3].loads_kg == course(AT + 3)


def test_reset_forgets_everything() -> None:
    stage = Supply(4, RATE_HZ)
    course = alike(during(1000, 0.5))
    frames = [Loads(k / RATE_HZ, tuple(course(k)), (k,) * 4) for k in range(200)]
    first = [stage.update(frame) for frame in frames]
    stage.reset()
    assert [stage.update(frame) for frame in frames] == first


@pytest.mark.parametrize("hole", [range(0), range(158, 162)], ids=["seen", "in a hole"])
def test_an_end_that_nobody_saw_leaves_nothing_behind(hole: range) -> None:
    """0.35 kg in all cells for 0.75 s, at whose end one cell gives nothing for 50 ms."""
    stage = Supply(4, RATE_HZ)
    for k in range(400):
        draw_kg = -0.35 if 100 <= k < 160 else 0.0
        loads = tuple(None if k in hole and i == 1 else 15.0 + i + draw_kg for i in range(4))
        stage.update(Loads(k / RATE_HZ, loads, (k,) * 4))
        if k == 130:
            assert stage.offset_kg == pytest.approx(-0.35)
    assert stage.offset_kg == 0.0


@pytest.mark.parametrize("is_by_load", [False, True], ids=["alike", "in proportion to load"])
@pytest.mark.parametrize(
    ("hz", "kg", "beat_hz"),
    [(10.0, 0.1, None), (12.0, 0.1, 0.3), (1.0, 0.2, None), (2.0, 0.3, None), (4.0, 0.5, None)],
    ids=["mains aliased", "a beat", "slow", "quicker", "strong"],
)
def test_a_ripple_is_taken_for_a_step_no_longer_than_a_moment(
    hz: float, kg: float, beat_hz: float | None, is_by_load: bool
) -> None:
    """All cells swing about their loads for 40 s, and a crest may look like the buzzer's draw."""
    mean_kg = sum(REST_KG) / len(REST_KG)
    for seed in range(1, 5):
        rng, stage = random.Random(seed), Supply(len(REST_KG), RATE_HZ)
        offsets = []
        for k in range(3600):
            t_s = k / RATE_HZ
            there = 1.0 if beat_hz is None else abs(math.sin(math.pi * beat_hz * (t_s - 3.0)))
            swing = kg * there * math.sin(2.0 * math.pi * hz * t_s + seed)
            swing *= 3.0 <= t_s < 43.0
            row = tuple(
                rest + swing * (rest / mean_kg if is_by_load else 1.0) + rng.gauss(0.0, 0.015)
                for rest in REST_KG
            )
            stage.update(Loads(t_s, row, (k,) * 4))
            offsets.append(stage.offset_kg)
        assert sum(offset != 0.0 for offset in offsets) / RATE_HZ < 1.5
        assert offsets[-1] == 0.0


def test_the_tone_of_a_repetition_is_taken_off_while_the_leg_swings_the_load() -> None:
    """Up to 3 kg one way and the other, half a second a turn, beneath a draw of 0.35 kg."""

    def course(k: int) -> Sequence[float]:
        since = k - AT - 80
        gathers = math.sin(math.pi * since / 80) ** 2 if 0 <= since < 80 else 0.0
        swing_kg = 3.0 * gathers * math.sin(2.0 * math.pi * since / 40)
        draw_kg = 0.35 if AT <= k < AT + 320 else 0.0
        return [rest + swing_kg * rest / sum(REST_KG) - draw_kg for rest in REST_KG]

    stage = Supply(len(REST_KG), RATE_HZ)
    for k in range(AT + 400):
        stage.update(Loads(k / RATE_HZ, tuple(course(k)), (k,) * 4))
        if AT + 10 <= k < AT + 320:
            assert stage.offset_kg == pytest.approx(-0.35, abs=0.01)
    assert stage.offset_kg == 0.0
