"""Drawings of a cell's place: bar cell with plate, stop and foot; half bridges; plate; joint."""

from __future__ import annotations

from hardware.scripts.deck import BOLT_Y_MM, JOINT_BOLT_X_MM
from hardware.scripts.source import Source, load, tidy
from hardware.scripts.svg import BLUE, FAINT, PLY, PRINT, RUBBER, STEEL, WOOD, Drawing, View

ALLOY = "#e3e7eb"
FELT_MM = 3.0
SUNK_MM = 7.0  # washer and head of a joint's bolt lie below the board's top


def bar_cell() -> Drawing:
    """Return a section along the plate of one bar cell, with its names and heights."""
    s = load()
    drawing = Drawing("A bar cell below its batten, in millimetres", 1010)
    drawing.text((500, 44), "One cell, from the side, in mm", size=36, anchor="middle", bold=True)
    view = View((110, 660), 4.25)
    stack, top = s.cell_stack_mm, s.cell_stack_mm + 28
    drawing.rect(view(-18, top), view(188, stack), fill=WOOD)
    drawing.text(view(60, stack + 8), "batten", anchor="middle", bold=True)
    under = stack - s.plate.thickness_mm
    drawing.rect(view(0, stack), view(s.plate.length_mm, under), fill=STEEL)
    bar_top = under - s.gap_mm
    bar_low = bar_top - s.bar.height_mm
    start = s.plate.bar_from_mm
    drawing.rect(view(start, bar_top), view(start + s.bar.length_mm, bar_low), fill=ALLOY)
    for x in (start + hole for hole in s.bar.holes_from_end_mm):
        _bolt(drawing, view, s, x)
    for x in s.plate.screws_mm:
        drawing.rect(view(x - 2, stack + 22), view(x + 2, under), fill=FAINT, line=1.2)
    half = 6.0
    stop = s.stop_at_mm
    low = under - 2 * s.plate.washer_mm
    drawing.rect(view(stop - half, under), view(stop + half, low), fill=RUBBER, line=1.2)
    _foot(drawing, view, s, s.foot_at_mm, bar_low)
    drawing.line((view(-22, 0), view(200, 0)), line=3)
    drawing.dimension(view(0, 0), view(s.foot_at_mm, 0), tidy(s.foot_at_mm), away=40)
    drawing.dimension(view(0, 0), view(start, 0), tidy(start), away=80)
    drawing.dimension(view(188, 0), view(188, stack), tidy(stack), away=6)
    drawing.text(view(start + 55, bar_low + 8), "bar cell", anchor="middle", bold=True)
    rows = (
        (view(start + 17.5, under - 2), "two washers and a shim on each bolt"),
        (view(stop, low + 1), "stop: two washers, glued; no shim"),
        (view(s.foot_at_mm, bar_low - 3), "set screw, lock nut, dome nut"),
        (view(s.foot_at_mm + 20, 10), "printed foot on rubber"),
    )
    for tip, at, words in zip(
        (row[0] for row in rows),
        ((60, 120), (470, 180), (100, 820), (600, 820)),
        (row[1] for row in rows), strict=True,
    ):  # fmt: skip
        drawing.leader(tip, at, words)
    gap = tidy(s.plate.shim_mm)
    drawing.text(
        (60, 880), f"The gap below the stop is the shim: {gap}. More than that, and", fill=BLUE
    )
    drawing.text(
        (60, 916), "the cell's end meets the stop; the rest goes past the cell.", fill=BLUE
    )
    drawing.text((60, 970), "The foot's middle is the cell's place on the deck drawing.", bold=True)
    return drawing


def _bolt(drawing: Drawing, view: View, s: Source, x: float) -> None:
    """Draw a countersunk bolt through the plate into the cell, with washers and shim."""
    stack = s.cell_stack_mm
    under = stack - s.plate.thickness_mm
    head = [
        view(x - 6, stack),
        view(x + 6, stack),
        view(x + 3, stack - 3.3),
        view(x - 3, stack - 3.3),
    ]
    drawing.line(head, fill=FAINT, closed=True, line=1.2)
    drawing.rect(view(x - 3, stack - 3.3), view(x + 3, stack - 25), fill=FAINT, line=1.2)
    level = under
    for thick in (s.plate.washer_mm, s.plate.washer_mm, s.plate.shim_mm):
        fill = "#c2410c" if thick == s.plate.shim_mm else RUBBER
        drawing.rect(view(x - 6, level), view(x + 6, level - thick), fill=fill, line=0.8)
        level -= thick


def _foot(drawing: Drawing, view: View, s: Source, x: float, bar_low: float) -> None:
    """Draw set screw, lock nut, dome nut, foot and rubber below the cell."""
    foot_top = s.foot.height_mm + s.foot.rubber_mm
    half = s.foot.diameter_mm / 2
    drawing.rect(view(x - half, foot_top), view(x + half, s.foot.rubber_mm), fill=PRINT)
    drawing.rect(view(x - half, s.foot.rubber_mm), view(x + half, 0), fill=RUBBER)
    drawing.rect(view(x - 3, bar_low + 17), view(x + 3, bar_low - 13), fill=FAINT, line=1.2)
    drawing.rect(view(x - 5, bar_low), view(x + 5, bar_low - 5), fill=STEEL)
    dome = s.foot.socket_radius_mm
    drawing.rect(view(x - dome, bar_low - 5), view(x + dome, foot_top - 1.2), fill=STEEL)
    centre = view(x, foot_top - s.foot.socket_depth_mm + dome)
    drawing.circle(centre, dome * view.scale, fill=STEEL, line=1.2)


def plate() -> Drawing:
    """Return the plate's drilling drawing."""
    s = load()
    drawing = Drawing("The plate of a cell: drilling, in millimetres", 740)
    drawing.text((500, 44), "Plate: steel 50 x 10, in mm", size=36, anchor="middle", bold=True)
    view = View((70, 250), 5.0)
    half = s.plate.width_mm / 2
    drawing.rect(view(0, half), view(s.plate.length_mm, -half), fill=STEEL, line=3)
    start = s.plate.bar_from_mm
    bolts = [start + hole for hole in s.bar.holes_from_end_mm]
    across = s.plate.screws_across_mm / 2
    for x in bolts:
        drawing.circle(view(x, 0), s.plate.hole_mm / 2 * 5, fill="#fff")
        drawing.circle(view(x, 0), 6.4 * 5, stroke=FAINT)
    for x in s.plate.screws_mm:
        for y in (across, -across):
            drawing.circle(view(x, y), s.plate.screw_hole_mm / 2 * 5, fill="#fff")
    drawing.circle(view(s.stop_at_mm, 0), 6.0 * 5, fill=RUBBER)
    drawing.text(view(s.stop_at_mm, 9), "stop", anchor="middle")
    drawing.circle(view(s.foot_at_mm, 0), 2.0 * 5, stroke=BLUE, dashed=True)
    drawing.text(view(s.foot_at_mm - 2, -9), "foot", anchor="end", fill=BLUE)
    low = -half
    for number, x in enumerate((s.plate.screws_mm[0], *bolts)):
        drawing.dimension(view(0, low), view(x, low), tidy(x), away=34 + 40 * number)
    for number, x in enumerate((s.stop_at_mm, s.plate.screws_mm[1], s.plate.length_mm)):
        drawing.dimension(
            view(bolts[-1] if number == 0 else 0, low), view(x, low),
            tidy(x - (bolts[-1] if number == 0 else 0)), away=(34, 154, 194)[number],
        )  # fmt: skip
    drawing.text(
        (60, 640), f"2 holes {tidy(s.plate.hole_mm)}, countersunk 90° to 12.8 on the batten's side"
    )
    drawing.text(
        (60, 678),
        f"4 holes {tidy(s.plate.screw_hole_mm)}, {tidy(2 * across)} apart,"
        " countersunk on the cell's side",
    )
    drawing.text(
        (60, 716), f"bolts, stop and foot on the middle line; the foot is at {tidy(s.foot_at_mm)}"
    )
    return drawing


def half_bridges() -> Drawing:
    """Return a section through the two half bridges of one place."""
    s = load()
    h = s.half_bridge
    drawing = Drawing("Two half bridges at one place, in millimetres", 690)
    drawing.text(
        (500, 44), "Half bridges: two at a place, in mm", size=36, anchor="middle", bold=True
    )
    view = View((500, 520), 7.0)
    length, _, thick = h.holder_mm
    boss_d, boss_h = h.boss_mm
    shoe_low = s.foot.rubber_mm + boss_h
    shoe_top = shoe_low + h.shoe_mm[2]
    frame_low = shoe_top + 1.5
    holder_low = frame_low
    drawing.rect(view(-66, holder_low + thick + 10), view(66, holder_low + thick), fill=WOOD)
    drawing.text(view(0, holder_low + thick + 3), "batten", anchor="middle", bold=True)
    drawing.rect(view(-length / 2, holder_low + thick), view(length / 2, holder_low), fill=PRINT)
    pocket = (h.side_mm + h.clearance_mm) / 2
    for x in (-h.pitch_mm / 2, h.pitch_mm / 2):
        drawing.rect(
            view(x - pocket + 5, holder_low + thick - 2),
            view(x + pocket - 5, holder_low),
            fill="#fff",
        )
        drawing.rect(
            view(x - h.side_mm / 2, frame_low + h.frame_mm),
            view(x + h.side_mm / 2, frame_low),
            fill=STEEL,
        )
        drawing.rect(
            view(x - h.nub_mm / 2, frame_low + 1), view(x + h.nub_mm / 2, shoe_top), fill=RUBBER
        )
    drawing.rect(view(-h.shoe_mm[0] / 2, shoe_top), view(h.shoe_mm[0] / 2, shoe_low), fill=PRINT)
    drawing.rect(view(-boss_d / 2, shoe_low), view(boss_d / 2, s.foot.rubber_mm), fill=PRINT)
    drawing.rect(view(-boss_d / 2, s.foot.rubber_mm), view(boss_d / 2, 0), fill=RUBBER)
    drawing.line((view(-66, 0), view(66, 0)), line=3)
    drawing.leader(view(-48, holder_low + 8), (40, 110), "printed holder")
    drawing.leader(view(20, frame_low + 2.4), (560, 110), "half bridge, 50 kg")
    drawing.leader(view(-40, shoe_low + 6), (40, 600), "printed shoe")
    drawing.leader(view(12, 1.5), (560, 600), "rubber in the middle alone")
    drawing.dimension(view(-h.pitch_mm / 2, 0), view(h.pitch_mm / 2, 0), tidy(h.pitch_mm), away=30)
    drawing.text(
        (500, 660), "One rubber in the middle: each cell carries half, the place is exact.",
        anchor="middle", fill=BLUE, size=26,
    )  # fmt: skip
    return drawing


def joint() -> Drawing:
    """Return the section through the joint of hex6's panels."""
    s = load()
    drawing = Drawing("The joint of the two panels of hex6, in millimetres", 780)
    drawing.text(
        (500, 44), "hex6: the joint at the hips, in mm", size=36, anchor="middle", bold=True
    )
    view = View((500, 520), 5.0)
    high, half = s.batten.narrow_mm, s.batten.wide_mm / 2
    thick = s.board.thickness_mm
    drawing.rect(view(-half, high), view(half, 0), fill=WOOD)
    drawing.rect(view(-95, high + thick + FELT_MM), view(-0.8, high + FELT_MM), fill=PLY)
    drawing.rect(view(0.8, high + thick + FELT_MM), view(95, high + FELT_MM), fill=PLY)
    drawing.rect(view(-half, high + FELT_MM), view(half, high), fill=RUBBER, line=1)
    drawing.rect(view(-20, high + thick + FELT_MM), view(-16, 20), fill=FAINT, line=1.2)
    x = JOINT_BOLT_X_MM
    up = high + thick + FELT_MM
    drawing.rect(view(x - 10, up), view(x + 10, up - SUNK_MM), fill="#fff", line=1.2)
    drawing.rect(view(x - 3, up - 1.4), view(x + 3, -19), fill=STEEL, line=1.2)
    drawing.rect(view(x - 5, up - 1.4), view(x + 5, up - 5.4), fill=STEEL, line=1.2)
    drawing.rect(view(x - 9, up - 5.4), view(x + 9, up - SUNK_MM), fill=STEEL, line=1.2)
    drawing.rect(view(x - 9, -1), view(x + 9, -2.6), fill=STEEL, line=1.2)
    drawing.rect(view(x - 7, -2.6), view(x + 7, -9), fill=STEEL, line=1.2)
    drawing.text(view(-70, high + 8), "head panel", anchor="middle", bold=True)
    drawing.text(view(70, high + 8), "foot panel", anchor="middle", bold=True)
    drawing.text(view(-8, 8), "hip batten", anchor="middle")
    drawing.leader(
        view(-18, high + thick + FELT_MM), (30, 120), "screws: batten to the head panel alone"
    )
    drawing.leader(view(x, up - 3), (560, 170), f"2 bolts M6, y = ±{tidy(BOLT_Y_MM)}")
    drawing.leader(view(30, high + 1.5), (690, 400), "felt")
    drawing.leader(view(x + 6, -6), (640, 640), "wing nut: 1 mm of play,")
    drawing.text((640, 674), "then lock it")
    drawing.dimension(view(-half, 0), view(0, 0), tidy(half), away=60)
    drawing.dimension(view(0, 0), view(x, 0), tidy(x), away=100)
    drawing.text(
        (500, 750), f"Holes of 7, the head sunk: 20 wide, {tidy(SUNK_MM)} deep. Plates below it.",
        anchor="middle", size=26, fill=BLUE,
    )  # fmt: skip
    return drawing


def drawings() -> dict[str, str]:
    """Return the files' texts by name."""
    return {
        "cell_bar.svg": bar_cell().svg(),
        "cell_half_bridges.svg": half_bridges().svg(),
        "plate.svg": plate().svg(),
        "joint_hex6.svg": joint().svg(),
    }
