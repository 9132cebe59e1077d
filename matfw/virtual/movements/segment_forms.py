"""Forms of the segments' generator: which poses somebody goes through, and how fast."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from matfw.virtual.body import Body
from matfw.virtual.movements import poses
from matfw.virtual.movements.contact import Movement
from matfw.virtual.movements.poses import Place, Pose, Spot
from matfw.virtual.movements.segments import Step, play

ARM: tuple[str, ...] = ("upper_arm",)
HIPS = ("abdomen", "pelvis", "upper_thigh", "lower_thigh")
Draw = np.random.Generator


def sit_then_lie(body: Body, rng: Draw) -> Movement:
    """Sit down on an edge, lift the legs, lie down over the elbow."""
    return play(body, *_by_sitting(rng, _edge(rng), pauses=False), rng)


def sit_wait_lie(body: Body, rng: Draw) -> Movement:
    """Sit down hard on an edge, wait, lie down by and by."""
    return play(body, *_by_sitting(rng, _edge(rng), pauses=True), rng)


def phone_in_hand(body: Body, rng: Draw) -> Movement:
    """Sit on the mat with legs along it and a phone in hand, tap on it, put it down, lie."""
    first, steps = _by_sitting(rng, _edge(rng), pauses=False)
    sitting = poses.long_sitting()
    phone = poses.moved(sitting, upper_arm=(-0.05, -0.03, 0.12))
    taps = _back_and_forth(
        phone, ARM, lambda: _draw_place(rng, 0.015), int(rng.integers(4, 9)), rng
    )
    down = poses.moved(sitting, upper_arm=(-0.1, 0.05, -0.2))
    middle = [_step(sitting, rng, 1.0, 2.0), _step(phone, rng, 0.6, 1.2), *taps]
    middle.append(_step(down, rng, 0.7, 1.2))
    return play(body, first, [steps[0], *middle, *steps[-2:]], rng)


def kneel_then_lie(body: Body, rng: Draw) -> Movement:
    """Kneel down on the mat, hands before, and over the elbow onto the side."""
    first = poses.standing(_edge(rng) * poses.BESIDE_Y)
    steps = [
        _step(poses.kneeling(), rng, 1.0, 2.0, bounce=6.0),
        _step(poses.all_fours(), rng, 0.7, 1.4, pause=0.4),
        _step(poses.propped(), rng, 1.0, 1.8),
        _step(poses.side_lying(), rng, 0.6, 1.4),
    ]
    return play(body, first, steps, rng)


def step_then_squat(body: Body, rng: Draw) -> Movement:
    """Step onto the mat, stand, squat, sit, lie."""
    edge = _edge(rng)
    steps = [
        _step(poses.one_foot_on(0.0, edge), rng, 0.5, 1.0),
        _step(poses.standing(0.0, 0.0), rng, 0.4, 0.9, pause=0.5, bounce=5.0),
        _step(poses.squatting(0.0), rng, 0.9, 1.6, bounce=8.0),
        _step(poses.long_sitting(), rng, 0.8, 1.5, bounce=10.0),
        _step(poses.propped(), rng, 0.8, 1.5, pause=0.3),
        _step(poses.side_lying(), rng, 0.6, 1.4),
    ]
    return play(body, poses.standing(edge * poses.BESIDE_Y), steps, rng)


def roll_on(body: Body, rng: Draw) -> Movement:
    """Lie on the floor beside the mat and roll onto it."""
    edge = _edge(rng)
    floor = _on_floor(poses.flat(0.0, 1.0), edge * 0.42)
    half = poses.shifted(poses.flat(0.0, 1.0), 0.0, edge * 0.12)
    steps = [_step(half, rng, 1.0, 2.0, pause=0.3), _step(poses.side_lying(), rng, 0.7, 1.6)]
    return play(body, floor, steps, rng)


def reversed_form(body: Body, rng: Draw, first: Pose, steps: Sequence[Step]) -> Movement:
    """Play a way onto the mat backwards, with other times: getting up."""
    quick = float(rng.uniform(0.6, 1.0))
    way = [first, *(step.pose for step in steps)][::-1]
    times = [step.duration_s for step in steps][::-1]
    back = [
        Step(pose, quick * time_s * float(rng.uniform(0.8, 1.2)))
        for pose, time_s in zip(way[1:], times, strict=True)
    ]
    return play(body, way[0], back, rng)


def up_by_sitting(body: Body, rng: Draw) -> Movement:
    """Get up over the elbow and the edge."""
    return reversed_form(body, rng, *_by_sitting(rng, _edge(rng), pauses=False))


def up_by_kneeling(body: Body, rng: Draw) -> Movement:
    """Get up over hands and knees."""
    steps = [
        _step(pose, rng, 0.7, 1.6)
        for pose in (poses.kneeling(), poses.all_fours(), poses.propped(), poses.side_lying())
    ]
    return reversed_form(body, rng, poses.standing(_edge(rng) * poses.BESIDE_Y), steps)


def up_slowly(body: Body, rng: Draw) -> Movement:
    """Sit up, sit a while, turn to the edge, stand up."""
    edge = _edge(rng)
    steps = [
        _step(poses.propped(), rng, 1.0, 2.0, pause=1.0),
        _step(poses.long_sitting(), rng, 1.0, 2.0, pause=3.0),
        _step(poses.edge_sitting(edge), rng, 1.2, 2.2, pause=1.5),
        _step(poses.standing(edge * poses.BESIDE_Y), rng, 1.0, 2.0),
    ]
    return play(body, poses.side_lying(), steps, rng)


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
        _step(poses.flat(-0.05, 1.0), rng, 0.6, 1.6, pause=0.8),
        _step(poses.side_lying(-0.03, -1.0), rng, 0.6, 1.6),
    ]
    return play(body, poses.side_lying(), steps, rng)


def sit_up_a_while(body: Body, rng: Draw) -> Movement:
    """Sit up over the elbow for some seconds, lie down again."""
    way = [poses.propped(), poses.long_sitting()]
    return _there_and_back(body, rng, way, (0.6, 1.8), pause=6.0)


def reach_for_glass(body: Body, rng: Draw) -> Movement:
    """Reach out with the upper arm, drink on the elbow or not, come back."""
    far = _draw_place(rng, 0.08)
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
    return play(body, poses.side_lying(), [_step(pose, rng, 0.35, 0.9)], rng)


def shoulder_pull(body: Body, rng: Draw) -> Movement:
    """Pull the lower shoulder out: the trunk goes up a little, and down elsewhere."""
    up = poses.moved(poses.side_lying(), thorax=(0.0, 0.0, 0.012), head=(0.0, 0.0, 0.02))
    by = (float(rng.uniform(-0.02, 0.02)), float(rng.uniform(-0.02, 0.02)), 0.0)
    down = poses.moved(poses.side_lying(), thorax=by, lower_arm=(0.0, 0.03, 0.0))
    steps = [_step(up, rng, 0.3, 0.6), _step(down, rng, 0.3, 0.7)]
    return play(body, poses.side_lying(), steps, rng)


def pillow(body: Body, rng: Draw) -> Movement:
    """Lift the head, put the pillow right with a hand, lay it down."""
    lifted = poses.moved(
        poses.side_lying(), head=(0.0, 0.0, 0.05), upper_arm=(-0.18, 0.0, 0.0), thorax=(0, 0, 0.01)
    )
    pats = _back_and_forth(
        lifted, ARM, lambda: _draw_place(rng, 0.03), int(rng.integers(2, 5)), rng
    )
    last = poses.moved(poses.side_lying(), head=(-0.01, 0.0, 0.0))
    steps = [_step(lifted, rng, 0.5, 1.0), *pats, _step(last, rng, 0.5, 1.0)]
    return play(body, poses.side_lying(), steps, rng)


def scratch(body: Body, rng: Draw) -> Movement:
    """Bring the hand to a thigh or to the head and scratch at a few hertz."""
    place = (0.2, 0.0, 0.0) if rng.random() < 0.5 else (-0.2, -0.04, 0.02)
    there = poses.moved(poses.side_lying(), upper_arm=place)
    count = int(rng.integers(6, 20))
    strokes = _back_and_forth(there, ARM, lambda: _stroke(rng), count, rng)
    quick = [Step(s.pose, float(rng.uniform(0.11, 0.2))) for s in strokes]
    steps = [_step(there, rng, 0.5, 1.0), *quick, _step(poses.side_lying(), rng, 0.5, 1.1)]
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
    wave = _back_and_forth(side, ARM, lambda: _draw_place(rng, 0.07), int(rng.integers(4, 12)), rng)
    return play(body, side, [*wave, _step(side, rng, 0.5, 1.0)], rng)


def _by_sitting(rng: Draw, edge: float, *, pauses: bool) -> tuple[Pose, list[Step]]:
    steps = [
        _step(
            poses.edge_sitting(edge), rng, 0.8, 1.6,
            pause=3.0 if pauses else 0.3, bounce=12.0 if pauses else 5.0,
        ),
        _step(poses.propped(), rng, 1.0, 2.2, pause=1.5 if pauses else 0.2),
        _step(poses.side_lying(), rng, 0.6, 1.6),
    ]  # fmt: skip
    return poses.standing(edge * poses.BESIDE_Y), steps


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
    there = [_step(pose, rng, *time_s, pause=0.2, arc=arc) for pose in way[:-1]]
    there.append(_step(way[-1], rng, *time_s, pause=pause, arc=arc))
    back = [_step(pose, rng, *time_s, arc=arc) for pose in [*way[:-1][::-1], last]]
    return play(body, side, [*there, *back], rng)


def _step(
    pose: Pose,
    rng: Draw,
    low_s: float,
    high_s: float,
    *,
    pause: float = 0.0,
    arc: float = 0.0,
    bounce: float = 0.0,
) -> Step:
    return Step(
        pose,
        float(rng.uniform(low_s, high_s)),
        pause_s=float(rng.uniform(0.0, pause)),
        arc=arc,
        bounce_mm=float(rng.uniform(0.0, bounce)),
        bounce_hz=float(rng.uniform(1.6, 3.2)),
        bounce_tau_s=float(rng.uniform(0.12, 0.3)),
    )


def _back_and_forth(
    around: Pose, points: Sequence[str], by: Callable[[], Place], count: int, rng: Draw
) -> list[Step]:
    steps: list[Step] = []
    for number in range(count):
        shift: Place = by() if number % 2 == 0 else (0.0, 0.0, 0.0)
        pose = poses.moved(around, **dict.fromkeys(points, shift))
        steps.append(_step(pose, rng, 0.3, 0.8, pause=0.5))
    return steps


def _on_floor(pose: Pose, dy: float) -> Pose:
    spots = tuple(Spot(s.x, s.y + dy, s.share, s.half_width, on_mat=False) for s in pose.spots)
    return Pose(tuple((x, y + dy, z + poses.FLOOR_Z) for x, y, z in pose.places), spots)


def _draw_place(rng: Draw, size: float) -> Place:
    x, y, z = (float(rng.uniform(-size, size)) for _ in "xyz")
    return x, y, abs(z)


def _stroke(rng: Draw) -> Place:
    return float(rng.uniform(0.005, 0.015)), 0.0, float(rng.uniform(0.001, 0.004))


def _edge(rng: Draw) -> float:
    return 1.0 if rng.random() < 0.5 else -1.0
