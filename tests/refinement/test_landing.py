"""When the leg may be down and a look is worth making: never too late, and never without bound."""

from __future__ import annotations

import dataclasses

import pytest
from msgspec.structs import replace

from matfw.estimation.noise import STEP_S
from matfw.messages import Motion, Phase, PhaseStep, Presence, Tempo
from matfw.refinement.landing import (
    DESCENT_SHARE,
    DOUBTED_S,
    FALL_TIMES,
    FALLING_DPS,
    FIRST_LOOK_S,
    FOLLOWED_S,
    HOVER_S,
    HOVER_TIMES,
    LIFTED_DEG,
    LOOKS_S,
    LOW_SHARE,
    REST_S,
    SPREAD_SD,
    LandingWatch,
)

TOP_DEG, DOWN_S = 40.0, 3.0
TEMPO = Tempo(up_s=2.0, hold_s=1.0, down_s=DOWN_S)
REST = Motion(t_s=0.0, presence=Presence.LYING, weight_kg=64.0)
UP = replace(REST, angle_deg=TOP_DEG, is_moving=True)
LANDED = replace(UP, angle_deg=1.0)
SLACK_S = 1.5 * STEP_S


class Played:
    def __init__(self, tempo: Tempo = TEMPO) -> None:
        self.watch = LandingWatch(tempo)
        self.now_s = 0.0
        self.looks_s: list[float] = []

    def play(self, motion: Motion, span_s: float, phase: Phase = Phase.REST) -> Played:
        since_s = self.now_s
        for _ in range(round(span_s / STEP_S)):
            step = PhaseStep(t_s=self.now_s, phase=phase, changed=False, since_s=since_s)
            if self.watch.update(replace(motion, t_s=self.now_s), step):
                self.looks_s.append(self.now_s)
            self.now_s += STEP_S
        return self


def lifted(phase: Phase = Phase.HOLD) -> Played:
    return Played().play(REST, 1.0).play(UP, 3.0, phase)


def low(share: float, sd_deg: float = 0.0) -> Motion:
    """Return a leg whose lowest plausible height is a share of the limit."""
    return replace(
        UP, angle_deg=share * LOW_SHARE * TOP_DEG + SPREAD_SD * sd_deg, angle_sd_deg=sd_deg
    )


@pytest.mark.parametrize("sd_deg", [0.0, 10.0])
def test_looks_begin_once_rest_is_within_what_the_filters_know_and_go_on(sd_deg: float) -> None:
    assert lifted().play(low(1.05, sd_deg), 2.0).looks_s == []
    played = lifted()
    down_s = played.now_s
    first, second, *_ = played.play(low(0.95, sd_deg), 2.0).looks_s
    assert first == pytest.approx(down_s + FIRST_LOOK_S, abs=SLACK_S)
    assert second == pytest.approx(first + STEP_S)
    assert played.watch.since_s == pytest.approx(down_s)


@pytest.mark.parametrize(("rate_dps", "looks"), [(FALLING_DPS - 0.1, 0), (FALLING_DPS + 0.1, 1)])
def test_a_leg_that_surely_falls_is_not_down_yet(rate_dps: float, looks: int) -> None:
    falling = replace(low(0.9), rate_dps=rate_dps)
    assert len(lifted().play(falling, FIRST_LOOK_S + STEP_S).looks_s) == looks


def test_a_fall_that_may_be_at_its_end_is_looked_at() -> None:
    assert lifted().play(replace(LANDED, angle_sd_deg=5.0, rate_dps=-20.0), 1.0).looks_s


@pytest.mark.parametrize(("share", "is_looked_at"), [(0.95, False), (1.05, True)])
def test_a_descent_as_long_as_was_asked_for_may_be_over_whatever_is_believed(
    share: float, is_looked_at: bool
) -> None:
    span_s = share * DESCENT_SHARE * DOWN_S + FIRST_LOOK_S + (STEP_S if is_looked_at else -STEP_S)
    assert bool(lifted().play(UP, span_s, Phase.DOWN).looks_s) is is_looked_at


@pytest.mark.parametrize(("share", "is_looked_at"), [(0.95, False), (1.05, True)])
def test_a_leg_that_lost_nearly_all_its_height_may_be_down(
    share: float, is_looked_at: bool
) -> None:
    lost_deg = share * (1.0 - LOW_SHARE) * TOP_DEG
    sunk = replace(UP, held_deg=TOP_DEG, descended_deg=lost_deg)
    assert bool(lifted().play(sunk, 1.0).looks_s) is is_looked_at


def test_a_height_that_filters_believe_in_after_the_landing_stops_no_look() -> None:
    played = lifted().play(LANDED, 0.2, Phase.REST).play(replace(UP, angle_deg=20.0), 1.0)
    assert len(played.looks_s) > 2


@pytest.mark.parametrize("phase", [Phase.UP, Phase.HOLD])
def test_a_leg_that_the_phase_says_is_up_again_is_not_looked_at(phase: Phase) -> None:
    """But for a while, since a landing may pass for an ascent; then as another movement's."""
    played = lifted().play(LANDED, 1.0)
    up_s = played.now_s
    assert not played.watch.is_followed
    last_s = played.play(UP, 3.0, phase).looks_s[-1]
    assert last_s == pytest.approx(up_s + FOLLOWED_S, abs=SLACK_S)
    assert played.watch.is_followed
    assert played.play(LANDED, 1.0).looks_s[-1] > last_s
    assert not played.watch.is_followed


def test_what_passes_for_an_ascent_may_be_the_landing_of_what_filters_hardly_noticed() -> None:
    played = lifted().play(LANDED, 0.1).play(REST, REST_S + DOUBTED_S)
    hardly = replace(UP, angle_deg=0.5 * LIFTED_DEG)
    played.play(hardly, 1.5 * FOLLOWED_S)
    begun_s = played.now_s
    played.play(UP, 2.0, Phase.UP)
    assert begun_s in played.looks_s
    assert played.looks_s[-1] == pytest.approx(begun_s + FOLLOWED_S, abs=SLACK_S)


def test_a_movement_that_filters_notice_after_no_lift_follows_nothing() -> None:
    played = Played().play(REST, 1.0).play(replace(UP, angle_deg=0.5 * LIFTED_DEG), 2.0)
    assert played.looks_s == []


@pytest.mark.parametrize("dps", [40.0, 80.0])
def test_a_fall_may_be_over_after_the_time_its_height_takes(dps: float) -> None:
    fall_s = FALL_TIMES * TOP_DEG / dps
    falls = replace(UP, rate_dps=-dps)
    played = lifted()
    down_s = played.now_s
    played.play(falls, fall_s + FIRST_LOOK_S + 2.0 * STEP_S, Phase.DOWN)
    assert played.looks_s[0] == pytest.approx(down_s + fall_s + FIRST_LOOK_S, abs=2.0 * STEP_S)


@pytest.mark.parametrize("phase", [Phase.HOLD, Phase.DOWN])
def test_a_lift_as_long_as_was_asked_for_may_be_over_whatever_is_believed(phase: Phase) -> None:
    whole_s = TEMPO.up_s + TEMPO.hold_s + DESCENT_SHARE * DOWN_S
    played = Played().play(REST, 1.0)
    begun_s = played.now_s
    played.play(UP, 4.0, Phase.UP).play(UP, 2.0, phase)
    assert played.looks_s[0] == pytest.approx(begun_s + whole_s + FIRST_LOOK_S, abs=SLACK_S)


@pytest.mark.parametrize(
    ("rest_s", "goes_on"), [(REST_S - STEP_S, True), (REST_S + DOUBTED_S, False)]
)
def test_a_movement_that_begins_at_once_is_a_doubt_of_the_landing_and_no_other(
    rest_s: float, goes_on: bool
) -> None:
    played = lifted().play(LANDED, 0.1).play(REST, rest_s)
    played.play(replace(UP, angle_deg=LIFTED_DEG), 0.9)
    assert played.looks_s[-1] == pytest.approx(played.now_s - STEP_S)
    assert played.watch.is_followed is not goes_on


def test_a_movement_after_a_rest_may_be_a_doubt_for_a_while_and_then_is_another() -> None:
    played = lifted().play(LANDED, 0.1).play(REST, 2.0 * REST_S)
    since_s = played.watch.since_s
    assert since_s is not None
    played.play(replace(UP, angle_deg=LIFTED_DEG), 0.9 * DOUBTED_S - (played.now_s - since_s))
    assert not played.watch.is_followed
    played.play(replace(UP, angle_deg=LIFTED_DEG), 0.2 * DOUBTED_S)
    assert played.watch.is_followed


def test_looks_at_one_landing_go_on_as_long_as_filters_believe_in_a_movement() -> None:
    played = lifted()
    down_s = played.now_s
    last_s = played.play(LANDED, 1.0).play(REST, 60.0).looks_s[-1]
    assert last_s == pytest.approx(down_s + FIRST_LOOK_S + LOOKS_S, abs=SLACK_S)
    played = lifted().play(LANDED, 60.0)
    assert played.looks_s[-1] == pytest.approx(played.now_s - STEP_S)


def test_looks_at_a_leg_that_was_still_up_are_not_those_at_its_landing() -> None:
    played = lifted().play(UP, 10.0, Phase.DOWN)
    landed_s = played.now_s
    last_s = played.play(REST, 10.0).looks_s[-1]
    assert last_s == pytest.approx(landed_s + LOOKS_S, abs=SLACK_S)


@pytest.mark.parametrize(("top_deg", "is_looked_at"), [(LIFTED_DEG, False), (5.1, True)])
def test_what_was_never_lifted_is_not_looked_at(top_deg: float, is_looked_at: bool) -> None:
    played = Played().play(REST, 1.0).play(replace(UP, angle_deg=top_deg), 1.0).play(REST, 3.0)
    assert bool(played.looks_s) is is_looked_at


@pytest.mark.parametrize(
    "motion",
    [replace(LANDED, is_restless=True), replace(LANDED, is_leg_off=True, lift_off_s=0.5)],
)
def test_a_body_that_moves_about_or_a_leg_seen_off_is_not_looked_at(motion: Motion) -> None:
    assert lifted().play(motion, 2.0).looks_s == []


@pytest.mark.parametrize(("share", "is_looked_at"), [(0.97, False), (1.03, True)])
def test_a_leg_seen_off_for_longer_than_it_can_be_up_hovers_and_is_looked_at(
    share: float, is_looked_at: bool
) -> None:
    played = lifted()
    longest_s = HOVER_TIMES * (TEMPO.up_s + TEMPO.hold_s + DOWN_S) + HOVER_S
    since_s = played.now_s + FIRST_LOOK_S + 2.0 * STEP_S - share * longest_s
    hovers = replace(LANDED, is_leg_off=True, lift_off_s=since_s)
    assert bool(played.play(hovers, FIRST_LOOK_S + 3.0 * STEP_S).looks_s) is is_looked_at


def test_where_a_long_hold_is_asked_for_a_leg_seen_off_is_never_looked_at() -> None:
    played = (
        Played(dataclasses.replace(TEMPO, hold_s=10.0)).play(REST, 1.0).play(UP, 3.0, Phase.HOLD)
    )
    assert played.play(replace(LANDED, is_leg_off=True, lift_off_s=1.0), 60.0).looks_s == []


def test_after_a_reset_there_is_nothing_to_look_at() -> None:
    played = lifted().play(LANDED, 0.2)
    played.watch.reset()
    assert played.play(REST, 3.0).looks_s == []
