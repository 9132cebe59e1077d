"""The side by a belt, from raw frames to cues: virtual people on both sides, noise and all."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest

from matfw.layouts import PRESETS
from matfw.messages import CueGiven, Event, Mat, Presence, RawFrame, SetChanged, SetState, Side
from matfw.pipeline import Pipeline
from matfw.ports import SACRUM_CHANNELS, SIDE_CHANNELS
from matfw.settings.model import Settings
from matfw.settings.plans import PlanSettings
from matfw.virtual.person import generate
from matfw.virtual.sampling import HipErrors, record
from matfw.virtual.sessions import demo_session
from matfw.workout.plan import Plan

LEAN = HipErrors(imu_offset_deg=8.0, imu_noise_deg=2.0)  # a sloping sacrum, a loose belt
ENOUGH_S = 15.5  # settling, lying still, counted in; then the first lift
SIDES = (Side.LEFT, Side.RIGHT)
OTHER = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}
SEEDS = (1, 2)


@cache
def lying_on(side: Side, seed: int) -> tuple[Mat, Sequence[RawFrame]]:
    """Return the first seconds of somebody on this side, and their mat, which has no side set."""
    trace = generate(demo_session(side=side), PRESETS["core4"].cells, seed)
    mat = replace(Settings().mat(), person=trace.person, channels=SACRUM_CHANNELS + SIDE_CHANNELS)
    frames = record(trace, mat, seed, hips=LEAN)
    return mat, list(itertools.takewhile(lambda frame: frame.t_s < ENOUGH_S, frames))


def led(mat: Mat, frames: Sequence[RawFrame], plan: Plan) -> tuple[list[str], list[Event], Side]:
    """Return the cues, the events, and the side judged by at the end."""
    line, events = Pipeline(mat, plan), list[Event]()
    for frame in frames:
        events += line.update(frame).events
    return [e.cue.value for e in events if isinstance(e, CueGiven)], events, line.mat.side


def plan_on(side: Side) -> Plan:
    return PlanSettings(name="p", reps=3, sets_a_side=1, first_side=side).plan()


@pytest.mark.parametrize("side", SIDES)
def test_the_lights_know_the_face_s_edge_as_soon_as_somebody_lies_there(side: Side) -> None:
    mat, frames = lying_on(side, 1)
    plan = plan_on(side)
    for belt, stated, now in ((True, plan, side), (False, plan, Side.UNKNOWN), (False, None, side)):
        line = Pipeline(mat.on(side), stated)
        steps = [
            line.update(frame if belt else replace(frame, channels=(None, None)))
            for frame in frames
        ]
        is_lying = [step.motion.presence is Presence.LYING for step in steps]
        assert {step.side for step, lies in zip(steps, is_lying, strict=True) if not lies} == {
            Side.UNKNOWN
        }
        assert steps[-1].side is now, "led and unconfirmed: both edges; unled: as the settings say"


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("side", SIDES)
def test_the_belt_answers_for_whoever_lies_on_the_side_of_the_plan(side: Side, seed: int) -> None:
    cues, events, judged = led(*lying_on(side, seed), plan_on(side))
    assert not {"lie_left", "lie_right", "wrong_side"} & set(cues)
    assert judged is side
    started = [e.side for e in events if isinstance(e, SetChanged) and e.state is SetState.STARTED]
    assert started == [side]


@pytest.mark.parametrize("side", SIDES)
def test_the_belt_contradicts_whoever_lies_on_the_other_side(side: Side) -> None:
    cues, events, _ = led(*lying_on(OTHER[side], 1), plan_on(side))
    asked = [cue for cue in cues if cue in ("lie_left", "lie_right", "wrong_side", "get_ready")]
    assert asked[:2] == [f"lie_{side.value}", "wrong_side"]
    assert "get_ready" not in asked
    assert not [e for e in events if isinstance(e, SetChanged)]


@pytest.mark.parametrize("side", SIDES)
def test_a_belt_that_is_dead_leaves_the_side_to_be_asked_for(side: Side) -> None:
    mat, frames = lying_on(side, 1)
    dead = [replace(frame, channels=(None, None)) for frame in frames]
    cues = led(mat, dead, plan_on(side))[0]
    assert f"lie_{side.value}" in cues
    assert not {"wrong_side", "get_ready"} & set(cues)


@pytest.mark.parametrize(
    ("side", "stated"),
    [(Side.LEFT, Side.UNKNOWN), (Side.LEFT, Side.RIGHT), (Side.RIGHT, Side.LEFT)],
)
def test_without_a_plan_the_belt_says_by_which_side_to_judge(side: Side, stated: Side) -> None:
    mat, frames = lying_on(side, 1)
    assert led(mat.on(stated), frames, Plan())[2] is side
    dies_s = 13.0  # it is known by then
    dying = [replace(f, channels=(None, None)) if f.t_s > dies_s else f for f in frames]
    assert led(mat.on(stated), dying, Plan())[2] is side, "while they lie there"
    gone = [replace(f, channels=(None, None)) for f in frames]
    assert led(mat.on(stated), gone, Plan())[2] is stated
