"""Drawings of the parts to print: from above, from the front, and as one sees them.

The lines are the solids' own, projected by build123d.
"""

from __future__ import annotations

from typing import Any

from hardware.scripts.prints import PRINTS
from hardware.scripts.source import Source, load, tidy
from hardware.scripts.svg import BLUE, FAINT, Drawing, Point

CURVE_STEPS = 24
FAR_MM = 1000.0
Lines = list[tuple[Point, ...]]
VIEWS = {
    "above": ((0, 0, FAR_MM), (0, 1, 0)),
    "front": ((0, -FAR_MM, 0), (0, 0, 1)),
    "seen": ((-0.45 * FAR_MM, -0.75 * FAR_MM, 0.7 * FAR_MM), (0, 0, 1)),
}


def notes(name: str, s: Source) -> tuple[str, ...]:
    """Return what a drawing says in words."""
    foot, half, clamp, light = s.foot, s.half_bridge, s.clamp, s.light
    return {
        "foot": (
            f"socket: ball of radius {tidy(foot.socket_radius_mm)},"
            f" {tidy(foot.socket_depth_mm)} deep",
            f"rubber disc {tidy(foot.diameter_mm)} x {tidy(foot.rubber_mm)} below; PETG, solid",
        ),
        "half_bridge_holder": (
            f"pockets {tidy(half.side_mm + half.clearance_mm)} square, {tidy(half.frame_mm)} deep,"
            f" {tidy(half.pitch_mm)} apart", "three countersunk screws of 4; PETG, solid",
        ),
        "half_bridge_shoe": (
            f"boss {tidy(half.boss_mm[0])} x {tidy(half.boss_mm[1])}: rubber of its size on it",
            f"dents {tidy(half.nub_mm + 0.8)} x 1 for the pads, {tidy(half.pitch_mm)} apart;"
            " PETG, solid",
        ),
        "cable_clamp": (
            f"for cable of {tidy(clamp.cable_mm)}: 1 of it is squeezed; screws of 4",
            "the groove goes to the wood; PETG",
        ),
        "light_block": (
            f"LED of 5 in a hole of {tidy(light.led_mm)}, tilted {tidy(light.tilt_deg)}°"
            " to the person", "wires out at the back, below; screws of 4; PETG",
        ),
    }[name]  # fmt: skip


def project(solid: Any, view: str) -> tuple[Lines, Lines]:
    """Return the visible and the hidden lines of a view, in mm, second axis upwards."""
    origin, up = VIEWS[view]
    both = solid.project_to_viewport(origin, viewport_up=up, look_at=(0, 0, 0))
    seen, hidden = (sorted({_points(edge) for edge in edges}) for edges in both)
    return seen, hidden


def _points(edge: Any) -> tuple[Point, ...]:
    steps = 1 if edge.geom_type.name == "LINE" else CURVE_STEPS
    at = (edge.position_at(n / steps) for n in range(steps + 1))
    points = tuple((round(p.X, 2) + 0.0, round(p.Y, 2) + 0.0) for p in at)
    return min(points, points[::-1])


def sheet(name: str) -> Drawing:
    """Return a part's drawing."""
    solid = PRINTS[name]()
    box = solid.bounding_box().size
    drawing = Drawing(f"To print: {name}, in millimetres", 760)
    drawing.text((500, 44), f"{name}, in mm", size=36, anchor="middle", bold=True)
    scale = min(400 / box.X, 230 / max(box.Y, box.Z))
    _draw(drawing, project(solid, "seen")[0], [], ((30, 110), (470, 600)), 440 / (1.15 * box.X))
    for view, top, height in (("above", 110.0, box.Y), ("front", 440.0, box.Z)):
        lines, hidden = project(solid, view)
        area = ((480.0, top), (930.0, top + height * scale))
        left, right, up, low = _draw(drawing, lines, hidden, area, scale)
        if view == "above":
            drawing.text((left, top - 16), "from above", fill=FAINT)
            drawing.dimension((left, low), (right, low), tidy(box.X), away=40)
        else:
            drawing.text((left, top - 16), "from the front", fill=FAINT)
        drawing.dimension((right, up), (right, low), tidy(height), away=24)
    for number, words in enumerate(notes(name, load())):
        drawing.text((30, 690 + 40 * number), words, fill=BLUE)
    return drawing


def _draw(
    drawing: Drawing, seen: Lines, hidden: Lines, area: tuple[Point, Point], scale: float
) -> tuple[float, float, float, float]:
    """Draw lines in the middle of an area; return left, right, top and low of what was drawn."""
    points = [point for line in seen for point in line]
    us, vs = [u for u, _ in points], [v for _, v in points]
    middle = ((min(us) + max(us)) / 2, (min(vs) + max(vs)) / 2)
    centre = ((area[0][0] + area[1][0]) / 2, (area[0][1] + area[1][1]) / 2)

    def at(point: Point) -> Point:
        return (
            centre[0] + (point[0] - middle[0]) * scale, centre[1] - (point[1] - middle[1]) * scale,
        )  # fmt: skip

    for line in hidden:
        drawing.line([at(p) for p in line], stroke=FAINT, line=1.2, dashed=True)
    for line in seen:
        drawing.line([at(p) for p in line], line=2.2)
    left, top = at((min(us), max(vs)))
    right, low = at((max(us), min(vs)))
    return left, right, top, low


def drawings() -> dict[str, str]:
    """Return the files' texts by name."""
    return {f"print_{name}.svg": sheet(name).svg() for name in PRINTS}
