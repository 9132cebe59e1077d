"""Getting on and up by the segments' generator: which poses somebody goes through, how fast."""

from __future__ import annotations

from collections.abc import Sequence

from matfw.virtual.body import Body
from tests.people.movements import poses
from tests.people.movements.contact import Movement
from tests.people.movements.draws import ARM, Draw, back_and_forth, draw_place, step_to
from tests.people.movements.poses import Pose, Spot
from tests.people.movements.segments import Step, play


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
    taps = back_and_forth(phone, ARM, lambda: draw_place(rng, 0.015), int(rng.integers(4, 9)), rng)
    down = poses.moved(sitting, upper_arm=(-0.1, 0.05, -0.2))
    middle = [step_to(sitting, rng, 1.0, 2.0), step_to(phone, rng, 0.6, 1.2), *taps]
    middle.append(step_to(down, rng, 0.7, 1.2))
    return play(body, first, [steps[0], *middle, *steps[-2:]], rng)


def kneel_then_lie(body: Body, rng: Draw) -> Movement:
    """Kneel down on the mat, hands before, and over the elbow onto the side."""
    first = poses.standing(_edge(rng) * poses.BESIDE_Y)
    steps = [
        step_to(poses.kneeling(), rng, 1.0, 2.0, bounce=6.0),
        step_to(poses.all_fours(), rng, 0.7, 1.4, pause=0.4),
        step_to(poses.propped(), rng, 1.0, 1.8),
        step_to(poses.side_lying(), rng, 0.6, 1.4),
    ]
    return play(body, first, steps, rng)


def step_then_squat(body: Body, rng: Draw) -> Movement:
    """Step onto the mat, stand, squat, sit, lie."""
    edge = _edge(rng)
    steps = [
        step_to(poses.one_foot_on(0.0, edge), rng, 0.5, 1.0),
        step_to(poses.standing(0.0, 0.0), rng, 0.4, 0.9, pause=0.5, bounce=5.0),
        step_to(poses.squatting(0.0), rng, 0.9, 1.6, bounce=8.0),
        step_to(poses.long_sitting(), rng, 0.8, 1.5, bounce=10.0),
        step_to(poses.propped(), rng, 0.8, 1.5, pause=0.3),
        step_to(poses.side_lying(), rng, 0.6, 1.4),
    ]
    return play(body, poses.standing(edge * poses.BESIDE_Y), steps, rng)


def roll_on(body: Body, rng: Draw) -> Movement:
    """Lie on the floor beside the mat and roll onto it."""
    edge = _edge(rng)
    floor = _on_floor(poses.flat(0.0, 1.0), edge * 0.42)
    half = poses.shifted(poses.flat(0.0, 1.0), 0.0, edge * 0.12)
    steps = [step_to(half, rng, 1.0, 2.0, pause=0.3), step_to(poses.side_lying(), rng, 0.7, 1.6)]
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
        step_to(pose, rng, 0.7, 1.6)
        for pose in (poses.kneeling(), poses.all_fours(), poses.propped(), poses.side_lying())
    ]
    return reversed_form(body, rng, poses.standing(_edge(rng) * poses.BESIDE_Y), steps)


def up_slowly(body: Body, rng: Draw) -> Movement:
    """Sit up, sit a while, turn to the edge, stand up."""
    edge = _edge(rng)
    steps = [
        step_to(poses.propped(), rng, 1.0, 2.0, pause=1.0),
        step_to(poses.long_sitting(), rng, 1.0, 2.0, pause=3.0),
        step_to(poses.edge_sitting(edge), rng, 1.2, 2.2, pause=1.5),
        step_to(poses.standing(edge * poses.BESIDE_Y), rng, 1.0, 2.0),
    ]
    return play(body, poses.side_lying(), steps, rng)


def _by_sitting(rng: Draw, edge: float, *, pauses: bool) -> tuple[Pose, list[Step]]:
    steps = [
        step_to(
            poses.edge_sitting(edge), rng, 0.8, 1.6,
            pause=3.0 if pauses else 0.3, bounce=12.0 if pauses else 5.0,
        ),
        step_to(poses.propped(), rng, 1.0, 2.2, pause=1.5 if pauses else 0.2),
        step_to(poses.side_lying(), rng, 0.6, 1.6),
    ]  # fmt: skip
    return poses.standing(edge * poses.BESIDE_Y), steps


def _on_floor(pose: Pose, dy: float) -> Pose:
    spots = tuple(Spot(s.x, s.y + dy, s.share, s.half_width, on_mat=False) for s in pose.spots)
    return Pose(tuple((x, y + dy, z + poses.FLOOR_Z) for x, y, z in pose.places), spots)


def _edge(rng: Draw) -> float:
    return 1.0 if rng.random() < 0.5 else -1.0
