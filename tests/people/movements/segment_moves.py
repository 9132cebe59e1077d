"""What somebody who lies does besides, by the segments' generator."""

from __future__ import annotations

from collections.abc import Sequence

from matfw.virtual.body import Body
from tests.people.movements import poses
from tests.people.movements.contact import Movement
from tests.people.movements.draws import ARM, Draw, back_and_forth, draw_place, step_to
from tests.people.movements.poses import Place, Pose
from tests.people.movements.segments import Step, play

HIPS = ("abdomen", "pelvis", "upper_thigh", "lower_thigh")


def roll_to_back_and_return(body: Body, rng: Draw) -> Movement:
    """Roll onto the back, lie there, roll back onto the side."""
    there = poses.flat(-0.06, 1.0)
    return _there_and_back(body, rng, [there], (0.6, 2.0), pause=3.0)


def roll_to_belly_and_return(body: Body, rng: Draw) -> Movement:
    """Roll onto the belly and back onto the side."""
    return _there_and_back(body, rng, [poses.flat(0.06, -1.0)], (0.6, 2.0), pause=3.0)


def turn_over(body: Body, rng: Draw) -> Movement:
    """Turn over the back onto the other side, and stay."""
    steps = [
        step_to(poses.flat(-0.05, 1.0), rng, 0.6, 1.6, pause=0.8),
        step_to(poses.side_lying(-0.03, -1.0), rng, 0.6, 1.6),
    ]
    return play(body, poses.side_lying(), steps, rng)


def sit_up_a_while(body: Body, rng: Draw) -> Movement:
    """Sit up over the elbow for some seconds, lie down again."""
    way = [poses.propped(), poses.long_sitting()]
    return _there_and_back(body, rng, way, (0.6, 1.8), pause=6.0)


def reach_for_glass(body: Body, rng: Draw) -> Movement:
    """Reach out with the upper arm, drink on the elbow or not, come back."""
    far = draw_place(rng, 0.08)
    out = (far[0] - 0.08, far[1] + 0.22, 0.04)
    reach = poses.moved(poses.side_lying(), upper_arm=out, thorax=(0.0, 0.03, 0.01))
    way = [reach] if rng.random() < 0.5 else [reach, poses.propped()]
    return _there_and_back(body, rng, way, (0.5, 1.4), pause=1.5)


def bend_knees(body: Body, rng: Draw) -> Movement:
    """Draw both knees up before the body, stay, stretch out again."""
    up = float(rng.uniform(0.5, 1.0))
    bent = {
        f"{which}_{part}": tuple(up * v for v in by)
        for which in ("upper", "lower")
        for part, by in (
            ("thigh", (-0.05, 0.09, 0.0)),
            ("shank", (-0.15, 0.11, 0.0)),
            ("foot", (-0.18, 0.06, 0.0)),
        )
    }
    pose = poses.moved(poses.side_lying(), **{k: (v[0], v[1], v[2]) for k, v in bent.items()})
    return _there_and_back(body, rng, [pose], (0.6, 1.6), pause=3.0)


def upper_knee_forward(body: Body, rng: Draw) -> Movement:
    """Put the upper knee on the mat before the body and take it back."""
    pose = poses.moved(
        poses.side_lying(),
        upper_thigh=(-0.05, 0.09, -0.05),
        upper_shank=(-0.12, 0.14, -0.06),
        upper_foot=(-0.12, 0.08, -0.05),
    )
    return _there_and_back(body, rng, [pose], (0.5, 1.5), pause=2.0, arc=0.02)


def hips_shift(body: Body, rng: Draw) -> Movement:
    """Shift the hips by centimetres in about half a second, the load all but constant."""
    by = (float(rng.uniform(-0.02, 0.02)), float(rng.uniform(-0.025, 0.025)))
    pose = poses.shifted(poses.side_lying(), *by, HIPS)
    return play(body, poses.side_lying(), [step_to(pose, rng, 0.35, 0.9)], rng)


def shoulder_pull(body: Body, rng: Draw) -> Movement:
    """Pull the lower shoulder out: the trunk goes up a little, and down elsewhere."""
    up = poses.moved(poses.side_lying(), thorax=(0.0, 0.0, 0.012), head=(0.0, 0.0, 0.02))
    by = (float(rng.uniform(-0.02, 0.02)), float(rng.uniform(-0.02, 0.02)), 0.0)
    down = poses.moved(poses.side_lying(), thorax=by, lower_arm=(0.0, 0.03, 0.0))
    steps = [step_to(up, rng, 0.3, 0.6), step_to(down, rng, 0.3, 0.7)]
    return play(body, poses.side_lying(), steps, rng)


def pillow(body: Body, rng: Draw) -> Movement:
    """Lift the head, put the pillow right with a hand, lay it down."""
    lifted = poses.moved(
        poses.side_lying(), head=(0.0, 0.0, 0.05), upper_arm=(-0.18, 0.0, 0.0), thorax=(0, 0, 0.01)
    )
    pats = back_and_forth(lifted, ARM, lambda: draw_place(rng, 0.03), int(rng.integers(2, 5)), rng)
    last = poses.moved(poses.side_lying(), head=(-0.01, 0.0, 0.0))
    steps = [step_to(lifted, rng, 0.5, 1.0), *pats, step_to(last, rng, 0.5, 1.0)]
    return play(body, poses.side_lying(), steps, rng)


def scratch(body: Body, rng: Draw) -> Movement:
    """Bring the hand to a thigh or to the head and scratch at a few hertz."""
    place = (0.2, 0.0, 0.0) if rng.random() < 0.5 else (-0.2, -0.04, 0.02)
    there = poses.moved(poses.side_lying(), upper_arm=place)
    count = int(rng.integers(6, 20))
    strokes = back_and_forth(there, ARM, lambda: _stroke(rng), count, rng)
    quick = [Step(s.pose, float(rng.uniform(0.11, 0.2))) for s in strokes]
    steps = [step_to(there, rng, 0.5, 1.0), *quick, step_to(poses.side_lying(), rng, 0.5, 1.1)]
    return play(body, poses.side_lying(), steps, rng)


def cough(body: Body, rng: Draw) -> Movement:
    """Cough or laugh: the trunk jerks some times."""
    side = poses.side_lying()
    jerks: list[Step] = []
    for _ in range(int(rng.integers(2, 7))):
        size = float(rng.uniform(0.002, 0.006))
        up = poses.moved(side, abdomen=(-size, 0.0, size), thorax=(0.0, size, 0.5 * size))
        jerks += [
            Step(up, float(rng.uniform(0.12, 0.2))),
            Step(side, float(rng.uniform(0.15, 0.35)), float(rng.uniform(0.0, 0.4))),
        ]
    return play(body, side, jerks, rng)


def talk_with_hands(body: Body, rng: Draw) -> Movement:
    """Wave the free arm about while talking."""
    side = poses.side_lying()
    wave = back_and_forth(side, ARM, lambda: draw_place(rng, 0.07), int(rng.integers(4, 12)), rng)
    return play(body, side, [*wave, step_to(side, rng, 0.5, 1.0)], rng)


def _there_and_back(
    body: Body,
    rng: Draw,
    way: Sequence[Pose],
    time_s: tuple[float, float],
    *,
    pause: float,
    arc: float = 0.0,
) -> Movement:
    # Back to nearly where one was: nobody comes to lie quite the same.
    side = poses.side_lying()
    aside = (float(rng.normal(0.0, 0.008)), float(rng.normal(0.0, 0.008)))
    last = poses.shifted(side, *aside)
    there = [step_to(pose, rng, *time_s, pause=0.2, arc=arc) for pose in way[:-1]]
    there.append(step_to(way[-1], rng, *time_s, pause=pause, arc=arc))
    back = [step_to(pose, rng, *time_s, arc=arc) for pose in [*way[:-1][::-1], last]]
    return play(body, side, [*there, *back], rng)


def _stroke(rng: Draw) -> Place:
    return float(rng.uniform(0.005, 0.015)), 0.0, float(rng.uniform(0.001, 0.004))
