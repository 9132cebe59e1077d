"""Who lies there: nobody, somebody moving, somebody still; and what may never be judged."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from msgspec.structs import replace

from matfw.balance import Balances
from matfw.estimation.anthropometry import GRAVITY_M_S2, leg_constants
from matfw.estimation.leg_model import PUSH_LEVER_M
from matfw.estimation.lying import (
    GONE_S,
    GONE_SHARE,
    GONE_STAYS_S,
    LYING_MIN_KG,
    MOVED_MM,
    STAYS_S,
    STILL_LOAD_SHARE,
    STILL_S,
    STILL_X_MM,
    STILL_Y_MM,
)
from matfw.estimation.noise import STEP_S
from matfw.estimation.plates import MIN_PLATES, UNSEEN_LIFTS
from matfw.layouts import LYING_MIN_SPAN_MM, PRESETS
from matfw.messages import Balance, Cell, CleanLoads, Motion, Person, PlateBalance, Presence, Side
from matfw.motion import (
    BEND_DEG_PER_MM,
    BEND_TAU_S,
    EMPTY_KG,
    HAND_SETTLES_S,
    KNOWN_S,
    PREDICT_S,
    STEADY_HAND_N,
    MotionStage,
)
from tests.estimation.leg_forces import Lift, legs

CELLS = PRESETS["core4"].cells
PERIOD_S = 1.0 / 80.0
Place = tuple[float, float, float]  # kg, x mm, y mm
LYING: Place = (64.0, -120.0, 15.0)


def balance(t_s: float, load_kg: float | None, x_mm: float = 0.0, y_mm: float = 0.0) -> Balance:
    if load_kg is None:
        return Balance(t_s=t_s, load_kg=None, x_kgmm=0.0, y_kgmm=0.0, x_mm=None, y_mm=None)
    return Balance(
        t_s=t_s,
        load_kg=load_kg,
        x_kgmm=load_kg * x_mm,
        y_kgmm=load_kg * y_mm,
        x_mm=x_mm,
        y_mm=y_mm,
        loads_kg=tuple(0.25 * load_kg * (1.0 + x_mm / c.x_mm + y_mm / c.y_mm) for c in CELLS),
    )


def whole(t_s: float, loads_kg: tuple[float | None, ...]) -> Balance:
    """Return the balance of these cells of CELLS."""
    return Balances(CELLS).update(CleanLoads(t_s, loads_kg))


def missed(motion: MotionStage, span_s: float, from_s: float) -> list[Motion]:
    """Return the motions of a span in which a cell is missing."""
    nothing = (None, *(1.0 for _ in CELLS[1:]))
    frames = (from_s + k * PERIOD_S for k in range(round(span_s / PERIOD_S)))
    return [each for t_s in frames for each in motion.update(whole(t_s, nothing))]


def stage(cells: tuple[Cell, ...] = CELLS, side: Side = Side.LEFT) -> MotionStage:
    return MotionStage(cells, Person("female", 1.68), side)


def moved(
    motion: MotionStage,
    place: Callable[[float], Place] | Place,
    span_s: float,
    from_s: float = 0.0,
    period_s: float = PERIOD_S,
) -> list[Motion]:
    """Return the motions of a span in which load and centre of pressure are as given."""
    at = place if callable(place) else lambda _: place
    frames = (from_s + k * period_s for k in range(round(span_s / period_s)))
    return [each for t_s in frames for each in motion.update(balance(t_s, *at(t_s)))]


def lying(side: Side = Side.LEFT) -> tuple[MotionStage, float]:
    """Return a stage on which somebody has just been weighed, and the time."""
    motion = stage(side=side)
    assert moved(motion, LYING, STILL_S + 1.0)[-1].presence is Presence.LYING
    return motion, STILL_S + 1.0


def wave(size: float) -> Callable[[float], float]:
    """Return a series that goes to +size/2 and -size/2 by turns, ten steps each."""
    return lambda t_s: 0.5 * size * (1.0 if int(0.1 * t_s / STEP_S) % 2 else -1.0)


@pytest.mark.parametrize("rate_hz", [10.0, 20.0, 80.0, 93.0])
def test_motions_come_in_whole_steps_whatever_the_frame_rate(rate_hz: float) -> None:
    times = [m.t_s for m in moved(stage(), LYING, 10.0, period_s=1.0 / rate_hz)]
    assert [b - a for a, b in pairwise(times)] == pytest.approx([STEP_S] * (len(times) - 1))
    assert len(times) == pytest.approx(10.0 / STEP_S, abs=1.0 + 1.0 / rate_hz / STEP_S)


def test_a_motion_belongs_to_a_time_that_its_frames_have_passed() -> None:
    motion = stage()
    for k in range(400):
        for each in motion.update(balance(k * PERIOD_S, *LYING)):
            assert k * PERIOD_S - STEP_S - PERIOD_S < each.t_s <= k * PERIOD_S


def test_a_frame_completes_no_motion_or_one_and_a_slow_converter_s_frame_several() -> None:
    fast, slow = stage(), stage()
    assert {len(fast.update(balance(k / 80.0, *LYING))) for k in range(80)} == {0, 1}
    counts = [len(slow.update(balance(k / 5.0, *LYING))) for k in range(1, 20)]
    assert set(counts[1:]) <= {3, 4, 5}
    assert sum(counts[1:]) == pytest.approx(4 * len(counts[1:]), abs=1)


@pytest.mark.parametrize(
    ("load_kg", "presence"),
    [
        (0.0, Presence.EMPTY),
        (EMPTY_KG - 0.01, Presence.EMPTY),
        (EMPTY_KG + 0.01, Presence.UNSETTLED),
        (LYING_MIN_KG - 0.01, Presence.UNSETTLED),
        (LYING_MIN_KG + 0.01, Presence.LYING),
    ],
)
def test_presence_goes_by_the_load(load_kg: float, presence: Presence) -> None:
    assert moved(stage(), (load_kg, -100.0, 0.0), 5.0)[-1].presence is presence


def test_somebody_still_is_weighed_and_only_after_standing_still_long_enough() -> None:
    motions = moved(stage(), LYING, STILL_S + 2.0)
    weighed = [m for m in motions if m.weight_kg is not None]
    assert weighed[0].weight_kg == pytest.approx(LYING[0])
    assert weighed[0].t_s >= STILL_S - 2.0 * STEP_S
    assert all(m.presence is Presence.LYING for m in weighed)


@pytest.mark.parametrize(
    ("size", "axis"),
    [(STILL_LOAD_SHARE * LYING[0], 0), (STILL_X_MM, 1), (STILL_Y_MM, 2)],
)
@pytest.mark.parametrize(("share", "is_still"), [(0.9, True), (1.1, False)])
def test_only_a_still_body_is_weighed_soon(
    size: float, axis: int, share: float, is_still: bool
) -> None:
    swing = wave(share * size)

    def place(t_s: float) -> Place:
        values = list(LYING)
        values[axis] += swing(t_s)
        return values[0], values[1], values[2]

    motions = moved(stage(), place, STAYS_S - 0.5)
    assert any(m.weight_kg is not None for m in motions) is is_still


@pytest.mark.parametrize(("half_mm", "may_lie"), [(-0.5, False), (0.5, True)])
def test_nobody_lies_on_a_mat_that_is_too_short(half_mm: float, may_lie: bool) -> None:
    x_mm = 0.5 * (LYING_MIN_SPAN_MM + half_mm)
    cells = (Cell("a", -x_mm, 200.0), Cell("b", -x_mm, -200.0), Cell("c", x_mm, 0.0))
    motions = moved(stage(cells), LYING, 6.0)
    assert any(m.presence is Presence.LYING for m in motions) is may_lie


@pytest.mark.parametrize(("share", "is_gone"), [(0.8, False), (1.2, True)])
@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_a_load_far_from_the_weight_is_nobody_lying(
    share: float, is_gone: bool, sign: float
) -> None:
    motion, t_s = lying()
    load_kg = LYING[0] * (1.0 + sign * share * GONE_SHARE)
    after = moved(motion, (load_kg, *LYING[1:]), 2.0 * GONE_S, t_s)
    assert any(m.presence is not Presence.LYING for m in after) is is_gone


@pytest.mark.parametrize(("share", "is_gone"), [(0.9, False), (1.1, True)])
def test_a_body_that_moved_to_another_place_is_not_judged(share: float, is_gone: bool) -> None:
    motion, t_s = lying()
    place = (LYING[0], LYING[1] + share * MOVED_MM, LYING[2])
    after = moved(motion, place, 2.0 * GONE_S, t_s)
    assert any(m.presence is not Presence.LYING for m in after) is is_gone


@pytest.mark.parametrize("swing", [0.25, -0.25])
@pytest.mark.parametrize(("away_s", "is_gone"), [(0.5, False), (GONE_S + GONE_STAYS_S + 0.2, True)])
def test_a_load_that_comes_back_within_a_second_is_nobody_getting_up(
    swing: float, away_s: float, is_gone: bool
) -> None:
    """A heavy man's thrown leg swings a fifth of his weight; who gets up does not come back."""
    motion, t_s = lying()
    place = ((1.0 + swing) * LYING[0], LYING[1], LYING[2])
    after = moved(motion, place, away_s, t_s)
    after += moved(motion, LYING, 1.0, t_s + away_s)
    assert any(m.presence is not Presence.LYING for m in after) is is_gone


@pytest.mark.parametrize("hole_s", [0.06, 0.25, 1.0, KNOWN_S - 0.2])
@pytest.mark.parametrize("with_frames", [True, False])
def test_whoever_lies_there_is_known_after_a_hole(hole_s: float, with_frames: bool) -> None:
    motion, t_s = lying()
    missing = missed(motion, hole_s, t_s) if with_frames else []
    after = moved(motion, LYING, 1.0, t_s + hole_s)
    steps = [*missing, *after]
    assert {m.presence for m in steps} == {Presence.LYING}
    assert {round(m.weight_kg or 0.0, 6) for m in steps} == {LYING[0]}
    assert [b.t_s - a.t_s for a, b in pairwise(steps)] == pytest.approx([STEP_S] * (len(steps) - 1))
    unseen = sum(m.seen_share == 0.0 for m in steps)
    assert unseen == pytest.approx(hole_s / STEP_S, abs=1.0)


@pytest.mark.parametrize("with_frames", [True, False])
def test_whoever_lay_there_is_weighed_again_after_a_hole_that_somebody_may_have_left_in(
    with_frames: bool,
) -> None:
    motion, t_s = lying()
    if with_frames:
        without = missed(motion, KNOWN_S + 0.2, t_s)[-1]
        assert without.presence is Presence.UNSETTLED
        assert without.weight_kg is None
    again = moved(motion, LYING, STILL_S + 0.5, t_s + KNOWN_S + 0.2)
    assert again[0].presence is not Presence.LYING
    assert again[-1].presence is Presence.LYING


def test_nobody_counts_as_lying_still_over_a_hole() -> None:
    motion = stage()
    moved(motion, LYING, STILL_S - 0.3)
    missed(motion, PREDICT_S + 0.1, STILL_S - 0.3)
    after = moved(motion, LYING, STILL_S + 0.3, STILL_S + PREDICT_S - 0.2)
    assert all(m.presence is not Presence.LYING for m in after if m.t_s < 2.0 * STILL_S)
    assert after[-1].presence is Presence.LYING


@pytest.mark.parametrize("side", [Side.LEFT, Side.RIGHT])
def test_what_was_done_before_somebody_is_known_is_told_against_the_rest_known_since(
    side: Side,
) -> None:
    """Who lies down, moves at once and then keeps still."""
    motion = stage(side=side)
    swung = (LYING[0] + 2.0, LYING[1] + 12.0, LYING[2] + 3.0)
    moving = moved(motion, swung, 1.0)
    moving += moved(motion, LYING, STILL_S + 0.5, 1.0)
    known_s = next(m.t_s for m in moving if m.presence is Presence.LYING)
    earlier = motion.earlier
    assert [m.t_s for m in earlier] == pytest.approx([m.t_s for m in moving if m.t_s < known_s])
    assert {(m.presence, m.weight_kg) for m in earlier} == {(Presence.LYING, LYING[0])}
    after = moved(motion, swung, 0.5, 1.0 + STILL_S + 0.5)[-1]
    then = earlier[len(earlier) // 4]
    assert then.load_n == pytest.approx(2.0 * GRAVITY_M_S2, rel=0.01)
    assert then.moment_nm == pytest.approx(after.moment_nm, rel=0.05)
    assert then.front_shift_mm == pytest.approx(after.front_shift_mm, rel=0.05)
    assert earlier[-1].load_n == pytest.approx(0.0, abs=1e-6)


def test_a_short_hole_before_somebody_is_known_is_no_measurement() -> None:
    motion = stage()
    moved(motion, (LYING[0], LYING[1] + 12.0, LYING[2]), 1.0)
    missed(motion, 0.2, 1.0)
    moved(motion, LYING, STILL_S + 0.5, 1.2)
    times = [m.t_s for m in motion.earlier]
    assert [b - a for a, b in pairwise(times)] == pytest.approx([STEP_S] * (len(times) - 1))
    assert sum(m.seen_share == 0.0 for m in motion.earlier) == pytest.approx(0.2 / STEP_S, abs=1)


def test_what_was_done_before_a_long_hole_is_forgotten() -> None:
    motion = stage()
    moved(motion, LYING, 1.0)
    missed(motion, PREDICT_S + 0.2, 1.0)
    moved(motion, LYING, STILL_S + 0.5, 1.2 + PREDICT_S)
    assert motion.earlier
    assert motion.earlier[0].t_s > 1.0


def test_what_was_done_before_somebody_is_known_is_forgotten_with_them() -> None:
    motion, t_s = lying()
    assert motion.earlier
    moved(motion, (0.0, 0.0, 0.0), 2.0, t_s)
    assert not motion.earlier


def test_what_was_done_before_somebody_is_known_is_forgotten_if_asked() -> None:
    motion = stage()
    moved(motion, (LYING[0], LYING[1] + 12.0, LYING[2]), 1.0)
    motion.forget_earlier()
    moved(motion, LYING, STILL_S + 0.5, 1.0)
    assert motion.earlier[0].t_s > 1.0 - STEP_S
    motion.forget_earlier()
    assert not motion.earlier


@pytest.mark.parametrize("missing", [1, 2])
def test_a_cell_that_lacks_some_samples_of_a_step_is_averaged_over_those_it_has(
    missing: int,
) -> None:
    """A steady load whole frames and broken ones together say exactly; and how many there were."""
    cells_kg = tuple(16.0 + k for k in range(len(CELLS)))
    motion = stage()
    steps: list[Motion] = []
    for k in range(400):
        gone = range(missing) if k > 240 and k % 4 == 0 else ()
        loads_kg = tuple(None if i in gone else kg for i, kg in enumerate(cells_kg))
        steps += motion.update(whole(k * PERIOD_S, loads_kg))
    assert steps[-1].presence is Presence.LYING
    assert steps[-1].load_n == pytest.approx(0.0, abs=1e-6)
    assert steps[-1].moment_nm == pytest.approx(0.0, abs=1e-6)
    assert steps[-1].seen_share == 1.0


def test_a_step_of_which_a_cell_has_nothing_is_no_measurement() -> None:
    """Its load is not made up of the others': nothing moves, however the others change."""
    motion, t_s = lying()
    loads_kg = (None, 90.0, 90.0, 90.0)
    steps = [s for k in range(16) for s in motion.update(whole(t_s + k * PERIOD_S, loads_kg))]
    unseen = [step for step in steps if step.seen_share == 0.0]
    assert len(unseen) >= 3
    assert all(abs(step.load_n) < 1.0 and abs(step.angle_deg) < 1.0 for step in unseen)


@pytest.mark.parametrize(
    ("side", "sign"), [(Side.LEFT, 1.0), (Side.RIGHT, -1.0), (Side.UNKNOWN, 1.0)]
)
def test_a_shift_to_the_body_s_front_is_positive_on_either_side(side: Side, sign: float) -> None:
    motion, t_s = lying(side)
    after = moved(motion, (LYING[0], LYING[1], LYING[2] + 5.0), 0.25, t_s)
    assert after[2].front_shift_mm * sign > 3.0


def leant(push_n: float, begin_s: float, ramp_s: float = 0.4) -> Callable[[float], Place]:
    """Return a body of whom an arm takes weight off the mat (push_n < 0) and stays so."""

    def place(t_s: float) -> Place:
        share = min(max((t_s - begin_s) / ramp_s, 0.0), 1.0)
        push_kg = share**2 * (3.0 - 2.0 * share) * push_n / GRAVITY_M_S2
        load_kg = LYING[0] + push_kg
        x_mm = (LYING[0] * LYING[1] + push_kg * (hip_x_mm() + 1e3 * PUSH_LEVER_M)) / load_kg
        return load_kg, x_mm, LYING[2]

    return place


def hip_x_mm() -> float:
    return LYING[1] - 1e3 * leg_constants("female", 1.68, LYING[0]).com_from_hip_m


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_a_hand_that_stays_is_the_new_rest_and_its_load_is_still_reported(sign: float) -> None:
    motion, t_s = lying()
    push_n = sign * 2.0 * STEADY_HAND_N
    after = moved(motion, leant(push_n, t_s), 6.0, t_s)[-round(1.0 / STEP_S) :]
    assert all(m.presence is Presence.LYING for m in after)
    assert [m.load_n for m in after] == pytest.approx([push_n] * len(after), rel=0.2)
    assert max(abs(m.force_n) for m in after) < 0.5 * STEADY_HAND_N
    assert max(abs(m.push_n) for m in after) < STEADY_HAND_N
    assert not any(m.is_moving for m in after)


def test_a_hand_that_comes_back_is_nothing_either() -> None:
    motion, t_s = lying()
    back_s = t_s + 6.0
    away, back = leant(-2.0 * STEADY_HAND_N, t_s), leant(2.0 * STEADY_HAND_N, back_s)

    def there_and_back(at_s: float) -> Place:
        load_kg = away(at_s)[0] + back(at_s)[0] - LYING[0]
        return (load_kg, *(away(at_s)[1:] if at_s < back_s else LYING[1:]))

    after = moved(motion, there_and_back, 14.0, t_s)[-round(1.0 / STEP_S) :]
    assert max(abs(m.force_n) for m in after) < 0.5 * STEADY_HAND_N
    assert max(abs(m.load_n) for m in after) < 0.5 * STEADY_HAND_N


def test_a_hand_is_not_yet_the_new_rest_before_it_has_stayed() -> None:
    motion, t_s = lying()
    push_n = -2.0 * STEADY_HAND_N
    during = moved(motion, leant(push_n, t_s, ramp_s=0.05), HAND_SETTLES_S - STEP_S, t_s)
    assert during[-1].force_n == pytest.approx(during[-1].load_n)
    assert during[-1].force_n == pytest.approx(push_n, rel=0.1)


def test_what_a_body_that_moves_about_does_to_the_load_is_no_hand() -> None:
    """A load that jumps about is no leg's and no arm's; 0.35 s of it once became the rest."""
    motion, t_s = lying()

    def about(at_s: float) -> Place:
        jump_kg = 8.0 if (at_s - t_s) % 0.2 < 0.12 else 4.0
        x_mm = LYING[1] + (60.0 if (at_s - t_s) % 0.3 < 0.15 else -60.0)
        return LYING[0] + jump_kg, x_mm, LYING[2]

    during = moved(motion, about, 0.9, t_s)
    assert sum(m.is_restless for m in during) * STEP_S >= HAND_SETTLES_S
    after = moved(motion, LYING, 0.3, t_s + 0.9)
    assert all(m.force_n == m.load_n for m in (*during, *after))


def test_a_smaller_push_is_no_hand_and_is_reported_as_it_is() -> None:
    motion, t_s = lying()
    after = moved(motion, leant(-0.5 * STEADY_HAND_N, t_s), 1.5, t_s)
    assert all(m.force_n == m.load_n for m in after)


def test_nobody_at_rest_is_lifting() -> None:
    motion, t_s = lying()
    assert all(m.lifting_s == 0.0 for m in moved(motion, LYING, 4.0, t_s))


def lifting(t_s: float, *lifts: Lift) -> Callable[[float], Place]:
    """Return where the load is while somebody does these lifts from t_s on."""
    segment = legs(lifts[-1].end_s + 2.0, *lifts)

    def place(at_s: float) -> Place:
        row = min(max(int((at_s - t_s) / STEP_S), 0), len(segment) - 1)
        extra_kg = float(segment.force_n[row]) / GRAVITY_M_S2
        moment_kgmm = 1e3 * float(segment.moment_nm[row]) / GRAVITY_M_S2 + hip_x_mm() * extra_kg
        load_kg = LYING[0] + extra_kg
        return load_kg, (LYING[0] * LYING[1] + moment_kgmm) / load_kg, LYING[2]

    return place


def test_a_lift_s_time_grows_with_it() -> None:
    motion, t_s = lying()
    lift = Lift(2.0)
    place = lifting(t_s, lift)
    held = [m for m in moved(motion, place, 4.9, t_s) if m.t_s > t_s + 4.2]
    assert all(m.is_moving for m in held)
    for m in held:
        assert m.lifting_s == pytest.approx(m.t_s - t_s - lift.begin_s, abs=0.7)
        assert m.angle_deg == pytest.approx(lift.top_deg, rel=0.2)


def test_a_body_at_rest_is_never_tared_away() -> None:
    """Ten minutes of lying with slow drift: the weight is followed, the person stays."""
    drifting = lambda t_s: (LYING[0] + 0.05 * t_s / 60.0, *LYING[1:])  # noqa: E731
    motions = moved(stage(), drifting, 600.0, period_s=0.05)
    settled = [m for m in motions if m.t_s > STILL_S + 0.1]
    assert all(m.presence is Presence.LYING for m in settled)
    assert settled[-1].weight_kg == pytest.approx(LYING[0], abs=0.6)
    assert max(abs(m.angle_deg) for m in settled) < 3.0


def test_after_a_reset_the_same_balances_give_the_same_motions() -> None:
    motion = stage()
    first = moved(motion, LYING, 4.0)
    motion.reset()
    assert moved(motion, LYING, 4.0) == first


HEX = PRESETS["hex6"].cells
BENT = (-40.0, 40.0)  # mm of the middle panel's load beside the outer ones'


def on_panels(t_s: float, middle_mm: float | None, panels: int = MIN_PLATES) -> Balance:
    """Return somebody lying on panels, straight but for the middle one."""
    ys = [15.0] * panels
    plates = [PlateBalance(f"panel {k}", 20.0, 0.0, y_mm) for k, y_mm in enumerate(ys)]
    if middle_mm is None:
        plates[panels // 2] = PlateBalance("middle", 0.0, None, None)
    else:
        plates[panels // 2] = PlateBalance("middle", 20.0, 0.0, 15.0 + middle_mm)
    return replace(balance(t_s, *LYING), plates=tuple(plates))


def test_plates_that_miss_one_lift_after_the_other_are_not_asked() -> None:
    """A body may take the leg's weight elsewhere: its ends do not lose load, and it lifts."""
    motion = stage(HEX)
    t_s = STILL_S + 1.0
    place = lifting(t_s, *[Lift(2.0 + 9.0 * k) for k in range(UNSEEN_LIFTS + 1)])
    ends_kg = 0.3 * LYING[0]

    def on_hex(at_s: float) -> Balance:
        load_kg, x_mm, y_mm = place(at_s) if at_s > t_s else LYING
        plates = [
            PlateBalance(f"panel {k}", kg, 0.0, 15.0)
            for k, kg in enumerate((ends_kg, load_kg - 2.0 * ends_kg, ends_kg))
        ]
        return replace(balance(at_s, load_kg, x_mm, y_mm), plates=tuple(plates))

    span_s = t_s + 2.0 + 9.0 * UNSEEN_LIFTS
    frames = (on_hex(k * PERIOD_S) for k in range(round(span_s / PERIOD_S)))
    motions = [each for frame in frames for each in motion.update(frame)]
    asked_until_s = max(each.t_s for each in motions if each.is_leg_off is not None)
    assert 0.0 < asked_until_s - (t_s + 2.0 + 9.0 * (UNSEEN_LIFTS - 1)) < 3.0
    assert motions[-1].is_leg_off is None


def bends(
    middle_mm: float | None, side: Side = Side.LEFT, panels: int = MIN_PLATES
) -> list[float | None]:
    """Return the bends reported after somebody has lain for long."""
    motion = stage(HEX, side)
    span_s = STILL_S + 6.0 * BEND_TAU_S
    found = [
        each
        for k in range(round(span_s / PERIOD_S))
        for each in motion.update(on_panels(k * PERIOD_S, middle_mm, panels))
    ]
    return [each.bend_deg for each in found if each.presence is Presence.LYING]


@pytest.mark.parametrize("middle_mm", BENT)
def test_a_bend_shows_in_the_middle_panel_s_load_beside_the_others(middle_mm: float) -> None:
    assert bends(middle_mm)[-1] == pytest.approx(BEND_DEG_PER_MM * middle_mm, rel=0.02)
    assert bends(0.0)[-1] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("middle_mm", BENT)
def test_the_same_bend_on_the_other_side_is_the_other_way_round(middle_mm: float) -> None:
    left, right = bends(middle_mm, Side.LEFT)[-1], bends(middle_mm, Side.RIGHT)[-1]
    assert left is not None
    assert right == pytest.approx(-left)


def test_a_mat_with_too_few_panels_or_an_empty_one_tells_no_bend() -> None:
    assert set(bends(40.0, panels=MIN_PLATES - 1)) == {None}
    assert set(bends(None)) == {None}
