"""The mat from above, and a close-up of the centre of pressure's path, in characters.

Head to the left, foot to the right, the deck's +y at the top, as in `messages`. A leg raise moves
the centre of pressure by millimetres on a mat of two metres, where a character is 40 mm wide:
hence the close-up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matfw.display.canvas import Canvas
from matfw.display.view import CellView, View
from matfw.layouts import DECK_LENGTH_MM, DECK_WIDTH_MM
from matfw.messages import CellProblem

_CHARACTER_ASPECT = 2.0  # height of a character / its width, as good as all terminals have it
_MIN_ROWS = 3
_LIGHT_X_MM = (-700.0, 0.0, 700.0)  # head, hip, foot along the edge
_LIGHT_MARKS = ((0.05, "○", "dim"), (0.5, "◎", "yellow"), (2.0, "◉", "bold yellow"))
_SIDE_LABEL_X_MM = -450.0  # between the head light and the hip light
_END_SHARE = 0.25  # of the length: a cell this near to an end has its text grow inwards
CLOSE_UP_MM_PER_DOT = 2.0  # 20 columns of 2 dots show 80 mm; a leg raise moves about 10 mm

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """A framed area: the frame's top left corner, and the room inside in characters."""

    column: int
    row: int
    columns: int
    rows: int

    @classmethod
    def fitting(cls, columns: int, rows: int) -> Place:
        """Return the widest area of a mat's shape that fits."""
        of_shape = rows * _CHARACTER_ASPECT * DECK_LENGTH_MM / DECK_WIDTH_MM
        return cls(0, 0, min(columns, round(of_shape)), rows)

    def character_of(self, point_mm: Point) -> tuple[int, int]:
        """Return the (column, row) of a point of the deck; points outside go to the edge."""
        x_share = point_mm[0] / DECK_LENGTH_MM + 0.5
        y_share = 0.5 - point_mm[1] / DECK_WIDTH_MM
        column = min(max(int(x_share * self.columns), 0), self.columns - 1)
        row = min(max(int(y_share * self.rows), 0), self.rows - 1)
        return self.column + 1 + column, self.row + 1 + row


def mat_rows(columns: int, max_rows: int) -> int:
    """Return the odd number of rows (one is the middle line) that gives a mat its shape."""
    of_shape = columns * DECK_WIDTH_MM / DECK_LENGTH_MM / _CHARACTER_ASPECT
    rows = max(_MIN_ROWS, min(round(of_shape), max_rows))
    return rows if rows % 2 else rows - 1


def draw_mat(canvas: Canvas, place: Place, view: View, trail_mm: Sequence[Point]) -> None:
    """Draw deck, cells, lights and the centre of pressure with its trail."""
    canvas.box(place.column, place.row, place.columns + 2, place.rows + 2, "dim")
    top, bottom = place.row, place.row + place.rows + 1
    hip_column, middle_row = place.character_of((0.0, 0.0))
    for row in range(top + 1, bottom):
        canvas.put(hip_column, row, "┊", "dim")
    canvas.put(place.column + 2, middle_row, "head", "dim")
    canvas.put_right(place.column + place.columns, middle_row, "foot", "dim")
    for cell in view.cells:
        _draw_cell(canvas, place, cell)
    front_row, back_row = (top, bottom) if view.side.front_sign >= 0 else (bottom, top)
    if view.side.front_sign:
        label_column = place.character_of((_SIDE_LABEL_X_MM, 0.0))[0]
        canvas.put(label_column, front_row, " face ", "dim")
        canvas.put(label_column, back_row, " back ", "dim")
    for x_mm, brightness in zip(_LIGHT_X_MM, view.lights, strict=True):
        mark, style = next(
            (mark, style) for below, mark, style in _LIGHT_MARKS if brightness < below
        )
        canvas.put(place.character_of((x_mm, 0.0))[0] - 1, front_row, f" {mark} ", style)
    for point_mm in trail_mm:
        canvas.put(*place.character_of(point_mm), "·", "cyan")
    if view.cop_mm is not None:
        canvas.put(*place.character_of(view.cop_mm), "●", "bold bright_cyan")


def _draw_cell(canvas: Canvas, place: Place, cell: CellView) -> None:
    column, row = place.character_of((cell.x_mm, cell.y_mm))
    if cell.problem is not CellProblem.OK:
        text, style = f"✗ {cell.problem}", "bold red"
    elif cell.load_kg is None:
        text, style = "▪ –", "yellow"
    else:
        text, style = f"▪ {cell.load_kg:.1f} kg", ""
    if cell.x_mm > DECK_LENGTH_MM * _END_SHARE:
        mark, _, rest = text.partition(" ")
        canvas.put_right(column + 1, row, f"{rest} {mark}", style)
    elif cell.x_mm < -DECK_LENGTH_MM * _END_SHARE:
        canvas.put(column, row, text, style)
    else:
        canvas.put(column - len(text) // 2, row, text, style)


def draw_close_up(
    canvas: Canvas, place: Place, view: View, trail_mm: Sequence[Point], middle_mm: Point
) -> None:
    """Draw the path of the centre of pressure around middle_mm, much enlarged."""
    canvas.box(place.column, place.row, place.columns + 2, place.rows + 2, "dim")
    span_mm = place.columns * 2 * CLOSE_UP_MM_PER_DOT
    canvas.put(place.column + 2, place.row, " close-up ", "dim")
    canvas.put_right(
        place.column + place.columns, place.row + place.rows + 1, f" {span_mm:.0f} mm ", "dim"
    )
    hip_column = place.column + 1 + place.columns // 2
    middle_row = place.row + 1 + place.rows // 2
    for row in range(place.row + 1, place.row + place.rows + 1):
        canvas.put(hip_column, row, "┊", "dim")
    canvas.put(place.column + 1, middle_row, "┈" * place.columns, "dim")
    for point_mm in trail_mm:
        dots = _dots(place, point_mm, middle_mm)
        if dots is not None:
            x, y = dots
            canvas.dot(place.column + 1 + x // 2, place.row + 1 + y // 4, x % 2, y % 4, "cyan")
    now = None if view.cop_mm is None else _dots(place, view.cop_mm, middle_mm)
    if now is not None:
        canvas.put(
            place.column + 1 + now[0] // 2, place.row + 1 + now[1] // 4, "●", "bold bright_cyan"
        )


def _dots(place: Place, point_mm: Point, middle_mm: Point) -> tuple[int, int] | None:
    """Return a point's braille dot counted from the close-up's top left; None outside of it."""
    x = int((point_mm[0] - middle_mm[0]) / CLOSE_UP_MM_PER_DOT + place.columns)
    y = int((middle_mm[1] - point_mm[1]) / CLOSE_UP_MM_PER_DOT + place.rows * 2)
    return (x, y) if 0 <= x < place.columns * 2 and 0 <= y < place.rows * 4 else None
