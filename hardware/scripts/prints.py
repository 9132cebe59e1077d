"""The parts to print, as solids: foot, holder and shoe of the half bridges, cable clamp, light.

Needs build123d (hardware/requirements.txt). Each lies as it is to be printed: flat side down, no
support needed. Sizes: hardware/mat.toml.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardware.scripts.source import load

STL_TOLERANCE_MM, STL_ANGLE_RAD = 0.05, 0.3
HEADER_BYTES = 80
EDGE_MM = 1.0  # chamfers
Solid = Any  # build123d's Part; it is no dependency of what is type-checked


def foot() -> Solid:
    """Return the foot: a disc with a socket for a dome nut M6."""
    from build123d import Align, Axis, Cone, Cylinder, Pos, Sphere, chamfer

    s = load().foot
    low = (Align.CENTER, Align.CENTER, Align.MIN)
    body = Cylinder(s.diameter_mm / 2, s.height_mm, align=low)
    body = chamfer(body.edges().group_by(Axis.Z)[-1], 2 * EDGE_MM)
    floor = s.height_mm - s.socket_depth_mm
    ball = Pos(0, 0, floor + s.socket_radius_mm) * Sphere(s.socket_radius_mm)
    above = s.socket_depth_mm - s.socket_radius_mm
    mouth = Pos(0, 0, floor + s.socket_radius_mm) * Cylinder(
        s.socket_radius_mm, above + 1, align=low
    )
    flare = Pos(0, 0, s.height_mm - EDGE_MM) * Cone(
        s.socket_radius_mm, s.socket_radius_mm + 1.5, EDGE_MM + 0.01, align=low
    )
    return body - ball - mouth - flare


def half_bridge_holder() -> Solid:
    """Return the holder of two half bridges, pockets up: its back goes to the batten."""
    from build123d import Align, Axis, Box, Cone, Cylinder, Pos, chamfer

    s = load().half_bridge
    low = (Align.CENTER, Align.CENTER, Align.MIN)
    length, width, thick = s.holder_mm
    body = Box(length, width, thick, align=low)
    body = chamfer(body.edges().filter_by(Axis.Z), 2 * EDGE_MM)
    side = s.side_mm + s.clearance_mm
    for x in (-s.pitch_mm / 2, s.pitch_mm / 2):
        body -= Pos(x, 0, thick - s.frame_mm) * Box(side, side, s.frame_mm + 1, align=low)
        body -= Pos(x, 0, 2) * Box(side - 10, side - 10, thick, align=low)  # the tongue's room
        body -= Pos(x, width / 2, thick - s.frame_mm - 2) * Box(8, width, thick, align=low)  # wires
    for x in (-length / 2 + 5, 0.0, length / 2 - 5):  # wood screws of 4, heads flush
        body -= Pos(x, 0, 0) * Cylinder(2.25, thick, align=low)
        body -= Pos(x, 0, thick - 2.5) * Cone(2.25, 4.75, 2.5, align=low)
    return body


def half_bridge_shoe() -> Solid:
    """Return the shoe below two half bridges, boss up: printed on its flat top."""
    from build123d import Align, Axis, Box, Cylinder, Pos, chamfer

    s = load().half_bridge
    low = (Align.CENTER, Align.CENTER, Align.MIN)
    length, width, thick = s.shoe_mm
    diameter, rise = s.boss_mm
    body = Box(length, width, thick, align=low)
    body = chamfer(body.edges().filter_by(Axis.Z), 2 * EDGE_MM)
    body += Pos(0, 0, thick) * Cylinder(diameter / 2, rise, align=low)
    for x in (-s.pitch_mm / 2, s.pitch_mm / 2):  # where the pads sit, so that it stays in place
        body -= Pos(x, 0, 0) * Cylinder(s.nub_mm / 2 + 0.4, 1.0, align=low)
    return body


def cable_clamp() -> Solid:
    """Return the clamp, flat top down: a groove for the cable, two screws."""
    from build123d import Align, Axis, Box, Cylinder, Pos, Rot, chamfer

    s = load().clamp
    low = (Align.CENTER, Align.CENTER, Align.MIN)
    length, width, thick = s.size_mm
    body = Box(length, width, thick, align=low)
    body = chamfer(body.edges().filter_by(Axis.Z), EDGE_MM)
    groove = Rot(90, 0, 0) * Cylinder(s.cable_mm / 2, width + 2)
    body -= Pos(0, 0, thick - s.cable_mm / 2 + 1.0) * groove  # 1 mm of the cable is squeezed
    body -= Pos(0, 0, thick - 1.5) * Box(s.cable_mm, width + 2, 3, align=low)
    for x in (-length / 2 + 6.5, length / 2 - 6.5):
        body -= Pos(x, 0, 0) * Cylinder(s.screw_mm / 2, thick, align=low)
        body -= Pos(x, 0, 0) * Cylinder(4.3, thick - 4.0, align=low)  # the head is sunk
    return body


def light_block() -> Solid:
    """Return the block of one LED: a sloping face, a hole for it, room for its wires below."""
    from build123d import Align, Axis, Box, Cylinder, Pos, Rot, chamfer

    s = load().light
    low = (Align.CENTER, Align.CENTER, Align.MIN)
    length, width, thick = s.size_mm
    body = Box(length, width, thick, align=low)
    body = chamfer(body.edges().filter_by(Axis.Z), 2 * EDGE_MM)
    body = chamfer(body.edges().group_by(Axis.Z)[-1], EDGE_MM)
    tilted = Rot(s.tilt_deg, 0, 0)  # towards -y, which is to point to the person
    body -= Pos(0, -width / 2, 6) * tilted * Box(length + 2, 3 * width, 20, align=low)
    body -= Pos(0, -3, 11) * tilted * Cylinder(s.led_mm / 2, 60)
    body -= Pos(0, width / 4, 0) * Box(9, width / 2 + 2, 4, align=low)
    for x in (-length / 2 + 6, length / 2 - 6):
        body -= Pos(x, 2, 0) * Cylinder(2.1, thick, align=low)
        body -= Pos(x, 2, 5) * Cylinder(4.3, thick, align=low)
    return body


PRINTS: dict[str, Callable[[], Solid]] = {
    "foot": foot,
    "half_bridge_holder": half_bridge_holder,
    "half_bridge_shoe": half_bridge_shoe,
    "cable_clamp": cable_clamp,
    "light_block": light_block,
}


@dataclass(frozen=True, slots=True)
class Measure:
    """What two versions of a solid must agree in, mm, mm2 and mm3."""

    volume: float
    area: float
    size: tuple[float, float, float]
    faces: int

    def differs(self, other: Measure, share: float) -> bool:
        """Return whether the other is another solid."""
        mine, theirs = (self.volume, self.area, *self.size), (other.volume, other.area, *other.size)
        apart = any(
            abs(a - b) > share * max(abs(a), 1.0) for a, b in zip(mine, theirs, strict=True)
        )
        return apart or self.faces != other.faces


def measure(solid: Solid) -> Measure:
    """Measure a solid."""
    box = solid.bounding_box().size
    return Measure(solid.volume, solid.area, (box.X, box.Y, box.Z), len(solid.faces()))


def write(name: str, folder: Path) -> None:
    """Write NAME.step and NAME.stl."""
    from build123d import export_step, export_stl

    solid = PRINTS[name]()
    solid.label = name
    step = folder / f"{name}.step"
    export_step(solid, str(step))
    # The time of making is no part of the solid.
    text = re.sub(r"'\d{4}-\d\d-\d\dT[\d:]+'", "'2026-11-27T00:00:00'", step.read_text(), count=1)
    step.write_text(text)
    export_stl(solid, str(folder / f"{name}.stl"), STL_TOLERANCE_MM, STL_ANGLE_RAD)


def read_step(path: Path) -> Measure:
    """Measure the solid of a STEP file."""
    from build123d import import_step

    return measure(import_step(str(path)))


Triangle = tuple[tuple[float, ...], ...]  # three corners of x, y, z


def read_stl(path: Path) -> list[Triangle]:
    """Return the corners of a binary STL's triangles. Raises ValueError if it is none."""
    data = path.read_bytes()
    (count,) = struct.unpack_from("<I", data, HEADER_BYTES)
    if len(data) != HEADER_BYTES + 4 + 50 * count:
        msg = f"{path.name} is no binary STL of {count} triangles"
        raise ValueError(msg)
    triangles: list[Triangle] = []
    for number in range(count):
        at = HEADER_BYTES + 4 + 50 * number + 12
        x = struct.unpack_from("<9f", data, at)
        triangles.append((x[0:3], x[3:6], x[6:9]))
    return triangles


def stl_volume(triangles: list[Triangle]) -> float:
    """Return the volume that a closed surface holds: the sum of signed tetrahedra."""
    total = 0.0
    for (ax, ay, az), (bx, by, bz), (cx, cy, cz) in triangles:
        total += ax * (by * cz - bz * cy) - ay * (bx * cz - bz * cx) + az * (bx * cy - by * cx)
    return total / 6.0
