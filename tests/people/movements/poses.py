"""Where a body's parts are, and what touches, in each pose of the segments' generator.

All in body heights, z from the deck; the hip line of the lying body is x = 0, its front is +y. An
edge is where one sits down: +1 the edge before the lying body's front, -1 the one behind its back.
Places are drawn from proportions (de Leva 1996 lengths), not measured.
"""

from __future__ import annotations

from dataclasses import dataclass

Place = tuple[float, float, float]

POINTS = (
    *("head", "thorax", "abdomen", "pelvis", "upper_arm", "lower_arm"),
    *("upper_thigh", "lower_thigh", "upper_shank", "lower_shank", "upper_foot", "lower_foot"),
)
FLOOR_Z = -0.06  # the mat is 0.1 m thick
SEAT_Y = 0.14  # of the pelvis that sits on an edge: 0.24 m at 1.70 m, the mat is 0.65 m wide
BESIDE_Y = 0.34  # of the feet of who stands beside


@dataclass(frozen=True, slots=True)
class Spot:
    """A contact: its centre, its share of the load, half its width and length, and on what."""

    x: float
    y: float
    share: float
    half_width: float = 0.03
    on_mat: bool = True


@dataclass(frozen=True, slots=True)
class Pose:
    """places: one for each of POINTS."""

    places: tuple[Place, ...]
    spots: tuple[Spot, ...]


def side_lying(at_y: float = 0.0, turned: float = 1.0) -> Pose:
    """Return lying on the side; turned -1: on the other side, the front to -y."""
    rows = (
        *((-0.46, 0.0, 0.09), (-0.28, 0.0, 0.10), (-0.12, 0.0, 0.09), (-0.01, 0.0, 0.10)),
        *((-0.24, 0.08, 0.15), (-0.30, 0.12, 0.03)),
        *((0.11, 0.0, 0.13), (0.11, 0.01, 0.05), (0.35, 0.0, 0.10), (0.35, 0.02, 0.04)),
        *((0.49, 0.02, 0.08), (0.49, 0.03, 0.03)),
    )
    spots = (
        *(Spot(-0.42, at_y, 0.08), Spot(-0.30, at_y, 0.28, 0.045), Spot(-0.17, at_y, 0.13, 0.04)),
        *(Spot(-0.015, at_y, 0.325, 0.045), Spot(0.13, at_y, 0.08), Spot(0.48, at_y, 0.06, 0.02)),
        Spot(-0.27, at_y + 0.07 * turned, 0.03),
    )
    return Pose(tuple((x, at_y + turned * y, z) for x, y, z in rows), spots)


def flat(at_y: float, face: float) -> Pose:
    """Return lying on the back (face 1) or on the belly (-1)."""
    rows = (
        *((-0.46, 0.0, 0.065), (-0.28, 0.0, 0.065), (-0.12, 0.0, 0.06), (-0.01, 0.0, 0.06)),
        *((-0.18, 0.11, 0.04), (-0.18, -0.11, 0.04)),
        *((0.11, 0.05, 0.05), (0.11, -0.05, 0.05), (0.35, 0.05, 0.035), (0.35, -0.05, 0.035)),
        *((0.49, 0.05, 0.05), (0.49, -0.05, 0.05)),
    )
    spots = (
        *(Spot(-0.45, at_y, 0.08), Spot(-0.29, at_y, 0.32, 0.08), Spot(-0.02, at_y, 0.36, 0.08)),
        *(Spot(0.2, at_y + 0.05, 0.04), Spot(0.2, at_y - 0.05, 0.04)),
        *(Spot(0.47, at_y + 0.05, 0.06), Spot(0.47, at_y - 0.05, 0.06)),
    )
    # On the belly upper and lower limbs have changed sides.
    return Pose(tuple((x, at_y + face * y, z) for x, y, z in rows), spots)


def long_sitting(at_y: float = -0.03) -> Pose:
    """Return sitting on the mat with the legs along it, propped on one hand behind."""
    rows = (
        *((-0.05, 0.0, 0.45), (-0.05, 0.0, 0.31), (-0.03, 0.0, 0.17), (0.0, 0.0, 0.06)),
        *((0.02, 0.09, 0.26), (-0.10, -0.08, 0.18)),
        *((0.11, 0.05, 0.06), (0.11, -0.03, 0.06), (0.35, 0.05, 0.04), (0.35, -0.03, 0.04)),
        *((0.48, 0.05, 0.05), (0.48, -0.03, 0.05)),
    )
    spots = (
        *(Spot(-0.02, at_y, 0.68, 0.08), Spot(0.18, at_y + 0.01, 0.12, 0.05)),
        *(Spot(0.46, at_y + 0.01, 0.08, 0.05), Spot(-0.18, at_y - 0.08, 0.12)),
    )
    return Pose(tuple((x, at_y + y, z) for x, y, z in rows), spots)


def propped(at_y: float = 0.0) -> Pose:
    """Return lying on the side, the trunk up on the lower elbow."""
    side = side_lying(at_y)
    raised = (
        *((-0.38, at_y, 0.30), (-0.25, at_y, 0.20), (-0.12, at_y, 0.12), (-0.01, at_y, 0.10)),
        *((-0.20, at_y + 0.10, 0.20), (-0.30, at_y + 0.04, 0.08)),
    )
    elbow = (Spot(-0.31, at_y + 0.04, 0.30), Spot(-0.14, at_y, 0.12, 0.04))
    return Pose((*raised, *side.places[6:]), (*elbow, *side.spots[3:6]))


def edge_sitting(edge: float) -> Pose:
    """Return sitting on an edge, the feet on the floor before it, knees up: the mat is low."""
    out = (
        *((0.0, 0.02, 0.46), (0.0, 0.01, 0.32), (0.0, 0.0, 0.18), (0.0, -0.01, 0.07)),
        *((-0.10, 0.06, 0.22), (0.10, 0.06, 0.22)),
        *((-0.05, 0.10, 0.13), (0.05, 0.10, 0.13), (-0.05, 0.20, 0.08), (0.05, 0.20, 0.08)),
        *((-0.05, 0.25, FLOOR_Z + 0.02), (0.05, 0.25, FLOOR_Z + 0.02)),
    )
    spots = (
        Spot(0.0, edge * SEAT_Y, 0.80, 0.035),
        *(Spot(x, edge * (SEAT_Y + 0.23), 0.10, on_mat=False) for x in (-0.05, 0.05)),
    )
    return Pose(tuple((x, edge * (SEAT_Y + y), z) for x, y, z in out), spots)


def standing(at_y: float, ground_z: float = FLOOR_Z, at_x: float = 0.0) -> Pose:
    """Return standing upright; on the mat if ground_z is 0."""
    rows = (
        *((0.0, 0.0, 0.93), (0.0, 0.0, 0.76), (0.0, 0.0, 0.62), (0.0, 0.0, 0.53)),
        *((-0.12, 0.0, 0.60), (0.12, 0.0, 0.60)),
        *((-0.05, 0.0, 0.42), (0.05, 0.0, 0.42), (-0.05, 0.0, 0.18), (0.05, 0.0, 0.18)),
        *((-0.05, 0.02, 0.02), (0.05, 0.02, 0.02)),
    )
    spots = tuple(Spot(at_x + x, at_y, 0.5, 0.045, on_mat=ground_z == 0.0) for x in (-0.055, 0.055))
    return Pose(tuple((at_x + x, at_y + y, z + ground_z) for x, y, z in rows), spots)


def one_foot_on(at_y: float, edge: float) -> Pose:
    """Return a step: one foot on the mat, the other on the floor beside."""
    before = standing(edge * BESIDE_Y)
    after = standing(at_y, 0.0)
    between = [
        tuple(0.5 * (a + b) for a, b in zip(p, q, strict=True))
        for p, q in zip(before.places, after.places, strict=True)
    ]
    for name in ("upper_foot", "upper_shank"):
        between[POINTS.index(name)] = after.places[POINTS.index(name)]
    for name in ("lower_foot", "lower_shank"):
        between[POINTS.index(name)] = before.places[POINTS.index(name)]
    places = tuple((x, y, z) for x, y, z in between)
    return Pose(places, (after.spots[0], before.spots[1]))


def squatting(at_y: float, at_x: float = 0.05) -> Pose:
    """Return a squat on the mat, a hand down beside."""
    rows = (
        *((0.0, 0.08, 0.45), (0.0, 0.04, 0.35), (0.0, -0.02, 0.24), (0.0, -0.07, 0.15)),
        *((-0.12, 0.08, 0.20), (0.12, 0.10, 0.22)),
        *((-0.06, 0.02, 0.19), (0.06, 0.02, 0.19), (-0.06, 0.03, 0.12), (0.06, 0.03, 0.12)),
        *((-0.06, 0.0, 0.02), (0.06, 0.0, 0.02)),
    )
    spots = (
        *(Spot(at_x + x, at_y + 0.01, 0.45, 0.055) for x in (-0.06, 0.06)),
        Spot(at_x - 0.16, at_y + 0.04, 0.10),
    )
    return Pose(tuple((at_x + x, at_y + y, z) for x, y, z in rows), spots)


def kneeling(at_y: float = 0.0) -> Pose:
    """Return kneeling upright on the mat, looking to the head end."""
    rows = (
        *((-0.03, 0.0, 0.68), (-0.01, 0.0, 0.52), (0.0, 0.0, 0.38), (0.0, 0.0, 0.28)),
        *((-0.06, 0.10, 0.40), (-0.06, -0.10, 0.40)),
        *((-0.01, 0.05, 0.16), (-0.01, -0.05, 0.16), (0.10, 0.05, 0.03), (0.10, -0.05, 0.03)),
        *((0.22, 0.05, 0.03), (0.22, -0.05, 0.03)),
    )
    spots = tuple(
        Spot(x, at_y + y, share)
        for y in (-0.055, 0.055)
        for x, share in ((-0.02, 0.35), (0.20, 0.15))
    )
    return Pose(tuple((x, at_y + y, z) for x, y, z in rows), spots)


def all_fours(at_y: float = 0.0, at_x: float = 0.0) -> Pose:
    """Return hands and knees on the mat, the head to the head end."""
    rows = (
        *((-0.42, 0.0, 0.33), (-0.26, 0.0, 0.31), (-0.12, 0.0, 0.29), (-0.01, 0.0, 0.28)),
        *((-0.29, 0.10, 0.14), (-0.29, -0.10, 0.14)),
        *((-0.0, 0.06, 0.15), (-0.0, -0.06, 0.15), (0.12, 0.06, 0.03), (0.12, -0.06, 0.03)),
        *((0.24, 0.06, 0.03), (0.24, -0.06, 0.03)),
    )
    spots = tuple(
        Spot(at_x + x, at_y + y, share, 0.025)
        for y in (-0.085, 0.085)
        for x, share in ((-0.30, 0.23), (0.0, 0.22), (0.20, 0.05))
    )
    return Pose(tuple((at_x + x, at_y + y, z) for x, y, z in rows), spots)


def leaning(edge: float, at_x: float) -> Pose:
    """Return standing beside the mat, bent over, one hand on it."""
    rows = (
        *((0.0, -0.22, 0.60), (0.0, -0.15, 0.52), (0.0, -0.06, 0.48), (0.0, 0.03, 0.44)),
        *((0.0, -0.22, 0.28), (0.10, -0.10, 0.34)),
        *((-0.05, 0.01, 0.34), (0.05, 0.01, 0.34), (-0.05, 0.0, 0.15), (0.05, 0.0, 0.15)),
        *((-0.05, 0.02, 0.0), (0.05, 0.02, 0.0)),
    )
    spots = (
        *(Spot(at_x + x, edge * BESIDE_Y, 0.4, 0.045, on_mat=False) for x in (-0.055, 0.055)),
        Spot(at_x, edge * (BESIDE_Y - 0.24), 0.20, 0.02),
    )
    return Pose(tuple((at_x + x, edge * (BESIDE_Y + y), z) for x, y, z in rows), spots)


def moved(pose: Pose, **shifts: Place) -> Pose:
    """Return a pose some of whose points are elsewhere, by this much; contacts stay."""
    places = list(pose.places)
    for name, (dx, dy, dz) in shifts.items():
        x, y, z = places[POINTS.index(name)]
        places[POINTS.index(name)] = (x + dx, y + dy, z + dz)
    return Pose(tuple(places), pose.spots)


def shifted(pose: Pose, dx: float, dy: float, points: tuple[str, ...] = POINTS) -> Pose:
    """Return a pose with these points elsewhere; all points: with its contacts."""
    changed = moved(pose, **dict.fromkeys(points, (dx, dy, 0.0)))
    if points != POINTS:
        return changed
    spots = tuple(Spot(s.x + dx, s.y + dy, s.share, s.half_width, s.on_mat) for s in changed.spots)
    return Pose(changed.places, spots)
