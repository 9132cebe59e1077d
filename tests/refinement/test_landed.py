"""Has a leg just come down? Asked of load and moment before any curve is found."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from msgspec import structs

from matfw.refinement.landed import LANDED_S, has_just_landed
from matfw.refinement.refine import refine
from matfw.refinement.whole_lifts import MAX_NOISE_SCALE
from matfw.refinement.windows import RepWindow
from tests.estimation.leg_forces import Lift, legs, noise_scale, window_of

REST_S = 5.0
SMALL = Lift(REST_S, top_deg=10.0, up_s=0.8, hold_s=2.0, down_s=0.9)
FAINT = replace(SMALL, top_deg=5.0)  # hardly more than is asked of a landing
SET = tuple(replace(SMALL, begin_s=SMALL.begin_s + 6.0 * k) for k in range(3))


@cache
def seen(*lifts: Lift, seed: int | None = None) -> RepWindow:
    span_s = lifts[-1].end_s + REST_S
    forces = legs(span_s, *lifts)
    return window_of(forces if seed is None else forces + noise_scale(span_s, seed))


def until(window: RepWindow, now_s: float) -> RepWindow:
    """Return an early look at a time."""
    motions = tuple(m for m in window.motions if m.t_s < now_s)
    return replace(window, motions=motions, ended_s=motions[-1].t_s, is_early=True)


@pytest.mark.parametrize(
    ("after_s", "is_news"),
    [
        (LANDED_S[0] - 0.2, False),
        (LANDED_S[0], True),
        (LANDED_S[1], True),
        (LANDED_S[1] + 0.2, False),
    ],
)
def test_a_landing_is_news_while_its_end_has_just_become_known(
    after_s: float, is_news: bool
) -> None:
    assert has_just_landed(until(seen(FAINT), FAINT.end_s + after_s)) is is_news


@pytest.mark.parametrize(("share", "is_news"), [(0.8, False), (1.0, True)])
def test_a_landing_must_stand_out_against_rest(share: float, is_news: bool) -> None:
    lift = replace(FAINT, top_deg=share * FAINT.top_deg)
    assert has_just_landed(until(seen(lift), lift.end_s + 0.5)) is is_news


@pytest.mark.parametrize(("share", "is_news"), [(1.29, False), (1.37, True)])
def test_where_nothing_else_speaks_for_a_landing_it_must_stand_out_more(
    share: float, is_news: bool
) -> None:
    lift = replace(FAINT, top_deg=share * FAINT.top_deg)
    window = until(seen(lift), lift.end_s + 0.5)
    assert has_just_landed(replace(window, is_news=True)) is is_news
    assert has_just_landed(window)


@pytest.mark.parametrize(("shaken_n", "is_news"), [(4.25, True), (5.0, False)])
def test_where_nothing_else_speaks_for_a_landing_it_is_much_of_what_was_seen(
    shaken_n: float, is_news: bool
) -> None:
    """What is in a row's mean alone: the load goes to and fro from row to row."""
    lift = replace(SMALL, top_deg=12.0)
    window = until(seen(lift), lift.end_s + 0.5)
    motions = tuple(
        structs.replace(m, load_n=m.load_n + (shaken_n if k % 4 < 2 else -shaken_n))
        for k, m in enumerate(window.motions)
    )
    shaken = replace(window, motions=motions)
    assert has_just_landed(replace(shaken, is_news=True)) is is_news
    assert has_just_landed(shaken)


@pytest.mark.parametrize(("noise", "is_news"), [(0.97, True), (1.03, False)])
def test_a_body_that_shakes_is_not_asked(noise: float, is_news: bool) -> None:
    high = replace(SMALL, top_deg=30.0)
    window = until(seen(high), high.end_s + 0.5)
    shaken = replace(window, noise_scale=noise * MAX_NOISE_SCALE)
    assert has_just_landed(shaken) is is_news


def test_a_window_too_short_to_hold_a_way_has_no_landing() -> None:
    window = until(seen(SMALL), SMALL.end_s + 0.5)
    assert not has_just_landed(replace(window, motions=window.motions[-80:]))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_small_lift_of_a_set_is_found_by_an_early_look_at_its_landing(seed: int) -> None:
    window = seen(*SET, seed=seed)
    found = refine(until(window, SET[-1].end_s + 0.6))
    assert [x.end_s for x in found] == pytest.approx([x.end_s for x in SET], abs=0.4)
    assert refine(until(window, SET[-1].end_s - 0.3)) == []


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("after_s", [-0.3, 0.1, 0.6, 1.5])
def test_asked_for_news_a_look_finds_what_has_just_landed_and_nothing_else(
    after_s: float, seed: int
) -> None:
    window = seen(*SET, seed=seed)
    news = replace(until(window, SET[-1].end_s + after_s), is_news=True)
    known_s = SET[-2].end_s
    found = refine(news, known_s)
    assert [x.end_s for x in found] == ([pytest.approx(SET[-1].end_s, abs=0.4)] * (after_s == 0.6))
    usual = Lift(SET[-1].end_s + REST_S)
    whole = seen(*SET, usual, seed=seed)
    assert refine(replace(until(whole, usual.end_s - 1.0), is_news=True), known_s) == []


@pytest.mark.parametrize("hold_s", [0.5, 1.5, 3.0])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_leg_that_is_still_up_is_not_found_early(hold_s: float, seed: int) -> None:
    up = replace(SMALL, begin_s=SET[-1].begin_s + 6.0, hold_s=30.0)
    window = until(seen(*SET, up, seed=seed), up.begin_s + up.up_s + hold_s)
    assert not [x for x in refine(window) if x.end_s > up.begin_s]
