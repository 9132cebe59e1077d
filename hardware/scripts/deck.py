"""Drawings of the decks: from above with everything below it dashed, from the side, and across."""

from __future__ import annotations

from hardware.scripts.source import HEX6_PANEL_MM, Source, cells, load, tidy
from hardware.scripts.svg import BLUE, FAINT, INK, PLY, PRINT, STEEL, WOOD, Drawing, View
from matfw.layouts import CELL_Y_MM, DECK_LENGTH_MM, DECK_WIDTH_MM
from matfw.messages import Cell

HALF_L, HALF_W = DECK_LENGTH_MM / 2, DECK_WIDTH_MM / 2
PLAN_SCALE = 0.4
ACROSS_SCALE = 1.1
BOLT_Y_MM = 100.0  # of the two that join the panels of hex6
JOINT_BOLT_X_MM = 18.0  # in the half of the hip batten that is under the foot panel
SCREW_EVERY_MM = 200.0


def battens(layout: str, source: Source) -> list[tuple[float, float, float, float]]:
    """Return each batten from above: x from, x to, y from, y to."""
    if layout == "core4":
        half = source.batten.narrow_mm / 2
        return [(-HALF_L, HALF_L, y - half, y + half) for y in (CELL_Y_MM, -CELL_Y_MM)]
    half = source.batten.wide_mm / 2
    places = sorted({cell.x_mm for cell in cells(layout)})
    return [(x - half, x + half, -HALF_W, HALF_W) for x in places]


def plate(layout: str, cell: Cell, source: Source) -> tuple[float, float, float, float]:
    """Return a cell's plate from above: x from, x to, y from, y to. Its far end points outwards."""
    inner, outer = source.foot_at_mm, source.plate.length_mm - source.foot_at_mm
    half = source.plate.width_mm / 2
    if layout == "core4":
        way = 1.0 if cell.x_mm > 0 else -1.0
        ends = sorted((cell.x_mm - way * inner, cell.x_mm + way * outer))
        return ends[0], ends[1], cell.y_mm - half, cell.y_mm + half
    way = 1.0 if cell.y_mm > 0 else -1.0
    ends = sorted((cell.y_mm - way * inner, cell.y_mm + way * outer))
    return cell.x_mm - half, cell.x_mm + half, ends[0], ends[1]


def deck(layout: str) -> Drawing:
    """Return the deck of a layout with its dimensions."""
    source = load()
    drawing = Drawing(f"The deck of {layout}, in millimetres", 1330)
    drawing.text((500, 44), f"{layout}: the deck, in mm", size=36, anchor="middle", bold=True)
    _plan(drawing, layout, source)
    _side(drawing, layout, source)
    _across(drawing, layout, source)
    return drawing


def _plan(drawing: Drawing, layout: str, source: Source) -> None:
    view = View((500, 300), PLAN_SCALE)
    drawing.text((100, 96), "From above; what is below the board is dashed")
    drawing.rect(view(-HALF_L, HALF_W), view(HALF_L, -HALF_W), fill=PLY, line=3)
    for x0, x1, y0, y1 in battens(layout, source):
        drawing.rect(view(x0, y0), view(x1, y1), fill=WOOD, stroke=FAINT, dashed=True)
    if layout == "hex6":
        drawing.line((view(0, HALF_W), view(0, -HALF_W)), line=3)
        for y in (BOLT_Y_MM, -BOLT_Y_MM):
            drawing.circle(view(JOINT_BOLT_X_MM, y), 6, fill=STEEL)
    else:
        drawing.line((view(0, HALF_W), view(0, -HALF_W)), stroke=BLUE, dashed=True)
    box_l, box_w, _ = source.box.size_mm
    x = source.box.x_mm
    drawing.rect(
        view(x - box_l / 2, box_w / 2), view(x + box_l / 2, -box_w / 2), fill="#fff",
        stroke=FAINT, dashed=True,
    )  # fmt: skip
    drawing.text((view(x, 0)[0], view(0, 0)[1] + 10), "box", anchor="middle")
    for cell in cells(layout):
        px0, px1, py0, py1 = plate(layout, cell, source)
        drawing.rect(view(px0, py0), view(px1, py1), fill=STEEL, stroke=FAINT, dashed=True)
        at = view(cell.x_mm, cell.y_mm)
        drawing.circle(at, source.foot.diameter_mm / 2 * PLAN_SCALE, fill=PRINT)
        middle = cell.x_mm == 0
        beside = 44.0 if middle else 16.0
        right = cell.x_mm <= 0
        words_x = at[0] + (beside if right else -beside)
        words_y = at[1] + (50 if cell.y_mm > 0 else -32)
        drawing.text((words_x, words_y), cell.name, anchor="start" if right else "end", bold=True)
    drawing.text((500 + (24 if layout == "core4" else 44), 312), "hips: x = 0", fill=BLUE)
    drawing.text((16, 308), "head", bold=True)
    drawing.text((988, 308), "foot", anchor="end", bold=True)
    top, low = HALF_W, -HALF_W
    drawing.dimension(view(-HALF_L, top), view(HALF_L, top), tidy(DECK_LENGTH_MM), away=-28)
    outer = max(cell.x_mm for cell in cells(layout))
    for a, b in ((-HALF_L, -outer), (-outer, 0), (0, outer), (outer, HALF_L)):
        drawing.dimension(view(a, low), view(b, low), tidy(abs(b - a)), away=46)
    drawing.text(
        (500, 548), f"feet {tidy(HALF_W - CELL_Y_MM)} from each long edge,"
        f" {tidy(2 * CELL_Y_MM)} apart; deck {tidy(DECK_WIDTH_MM)} wide", anchor="middle",
    )  # fmt: skip
    if layout == "hex6":
        drawing.text(
            (500, 590), f"two panels of {tidy(HEX6_PANEL_MM)}; bolts at"
            f" x = {tidy(JOINT_BOLT_X_MM)}, y = ±{tidy(BOLT_Y_MM)}", anchor="middle",
        )  # fmt: skip
    else:
        drawing.text((500, 590), "one board; battens centred over the feet", anchor="middle")


def _side(drawing: Drawing, layout: str, source: Source) -> None:
    view = View((500, 760), PLAN_SCALE)
    stack, high = source.cell_stack_mm, source.batten_height_mm(layout)
    ply, top = stack + high, source.top_mm(layout)
    drawing.text((100, 660), "From the right edge")
    drawing.rect(view(-HALF_L, ply), view(HALF_L, top), fill=PLY)
    if layout == "core4":
        drawing.rect(view(-HALF_L, stack), view(HALF_L, ply), fill=WOOD)
    else:
        for x0, x1, _, _ in battens(layout, source):
            drawing.rect(view(x0, stack), view(x1, ply), fill=WOOD)
        drawing.line((view(0, ply), view(0, top)), line=3)
    box_l, _, box_h = source.box.size_mm
    x = source.box.x_mm
    drawing.rect(
        view(x - box_l / 2, ply), view(x + box_l / 2, ply - box_h), fill="#fff", dashed=True
    )
    for cell in cells(layout):
        if cell.y_mm > 0:
            continue
        x0, x1, _, _ = plate(layout, cell, source)
        drawing.rect(view(x0, stack), view(x1, stack - source.plate.thickness_mm), fill=STEEL)
        half = source.foot.diameter_mm / 2
        drawing.rect(view(cell.x_mm - half, 0), view(cell.x_mm + half, 17), fill=PRINT)
        drawing.rect(view(cell.x_mm - 8, 17), view(cell.x_mm + 8, stack - 10), fill=STEEL)
    drawing.line((view(-HALF_L - 150, 0), view(HALF_L + 150, 0)), line=3)
    drawing.text((500, 806), "hard, level floor", anchor="middle", fill=FAINT)
    box_under = ply - box_h
    drawing.text(
        (500, 850), f"top {tidy(top)}, batten's underside {tidy(stack)}, box {tidy(box_under)}"
        " above the floor", anchor="middle",
    )  # fmt: skip


def _across(drawing: Drawing, layout: str, source: Source) -> None:
    view = View((500, 1230), ACROSS_SCALE)
    stack, high = source.cell_stack_mm, source.batten_height_mm(layout)
    ply, top = stack + high, source.top_mm(layout)
    drawing.text((100, 950), "Across, through the feet at the head end (larger)")
    drawing.rect(view(-HALF_W, ply), view(HALF_W, top), fill=PLY)
    pairs = (
        [(y - source.batten.narrow_mm / 2, y + source.batten.narrow_mm / 2)
         for y in (-CELL_Y_MM, CELL_Y_MM)]
        if layout == "core4" else [(-HALF_W, HALF_W)]
    )  # fmt: skip
    for y0, y1 in pairs:
        drawing.rect(view(y0, stack), view(y1, ply), fill=WOOD)
    for cell in cells(layout)[:2]:
        _cell_across(drawing, view, layout, cell, source)
    drawing.line((view(-HALF_W - 60, 0), view(HALF_W + 60, 0)), line=3)
    drawing.dimension(view(-CELL_Y_MM, 0), view(CELL_Y_MM, 0), tidy(2 * CELL_Y_MM), away=44)
    drawing.dimension(view(HALF_W, ply), view(HALF_W, top), tidy(top - ply), away=30)
    drawing.dimension(view(HALF_W, stack), view(HALF_W, ply), tidy(high), away=30)
    drawing.dimension(view(HALF_W, 0), view(HALF_W, stack), tidy(stack), away=30)
    name = "batten on edge" if layout == "core4" else "batten lying flat"
    drawing.text((500, view(0, ply)[1] + (90 if layout == "core4" else 36)), name, anchor="middle")
    drawing.text((500, view(0, ply)[1] - 30), "left edge ←  seen from the head  → right edge",
                 anchor="middle", fill=FAINT)  # fmt: skip


def _cell_across(drawing: Drawing, view: View, layout: str, cell: Cell, source: Source) -> None:
    """Draw plate, cell and foot. Seen from the head end, the left edge is at the left: -y."""
    stack, y = source.cell_stack_mm, -cell.y_mm
    under_plate = stack - source.plate.thickness_mm
    bar_top = under_plate - source.gap_mm
    bar_low = bar_top - source.bar.height_mm
    if layout == "core4":
        half_plate, half_bar = source.plate.width_mm / 2, source.bar.width_mm / 2
        ends, bar = (y - half_plate, y + half_plate), (y - half_bar, y + half_bar)
    else:
        way = 1.0 if y > 0 else -1.0
        start = y - way * source.foot_at_mm
        ends = (start, start + way * source.plate.length_mm)
        from_mm = start + way * source.plate.bar_from_mm
        bar = (from_mm, from_mm + way * source.bar.length_mm)
    drawing.rect(view(ends[0], stack), view(ends[1], under_plate), fill=STEEL)
    drawing.rect(view(bar[0], bar_top), view(bar[1], bar_low), fill="#e3e7eb")
    foot_top = source.foot.height_mm + source.foot.rubber_mm
    drawing.rect(view(y - 5, bar_low), view(y + 5, foot_top), fill=STEEL)
    half = source.foot.diameter_mm / 2
    drawing.rect(view(y - half, foot_top), view(y + half, source.foot.rubber_mm), fill=PRINT)
    drawing.rect(view(y - half, source.foot.rubber_mm), view(y + half, 0), fill=INK)


def drawings() -> dict[str, str]:
    """Return the files' texts by name."""
    return {f"deck_{layout}.svg": deck(layout).svg() for layout in ("core4", "hex6")}
