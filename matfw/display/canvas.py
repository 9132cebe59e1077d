"""A rectangle of characters to draw on, with a style name for each; knows no terminal."""

from __future__ import annotations

from itertools import groupby

# The eight dots of a braille character by (column, row); U+2800 plus their sum is the character.
_BRAILLE_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_BRAILLE_BLANK = 0x2800
_EIGHTHS = " ▏▎▍▌▋▊▉█"

Span = tuple[str, str]  # text, style


class Canvas:
    """width x height characters, blank at first; what falls outside is left out."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self._cells = [[(" ", "")] * width for _ in range(height)]

    def put(self, column: int, row: int, text: str, style: str = "") -> None:
        """Write text from (column, row) on."""
        if not 0 <= row < self.height:
            return
        for offset, character in enumerate(text):
            if 0 <= column + offset < self.width:
                self._cells[row][column + offset] = (character, style)

    def put_right(self, column: int, row: int, text: str, style: str = "") -> None:
        """Write text that ends before `column`."""
        self.put(column - len(text), row, text, style)

    def box(self, column: int, row: int, width: int, height: int, style: str = "") -> None:
        """Draw a frame; width and height include it."""
        last_column, last_row = column + width - 1, row + height - 1
        self.put(column, row, "╭" + "─" * (width - 2) + "╮", style)
        self.put(column, last_row, "╰" + "─" * (width - 2) + "╯", style)
        for between in range(row + 1, last_row):
            self.put(column, between, "│", style)
            self.put(last_column, between, "│", style)

    def dot(self, column: int, row: int, x_dot: int, y_dot: int, style: str = "") -> None:
        """Set one braille dot; x_dot 0..1 and y_dot 0..3 within the character."""
        if not (0 <= row < self.height and 0 <= column < self.width):
            return
        before = ord(self._cells[row][column][0])
        pattern = before if _BRAILLE_BLANK < before <= _BRAILLE_BLANK + 0xFF else _BRAILLE_BLANK
        self._cells[row][column] = (chr(pattern | _BRAILLE_DOTS[x_dot][y_dot]), style)

    def bar(self, column: int, row: int, length: float, style: str = "") -> None:
        """Draw a bar `length` characters long, to an eighth of a character."""
        whole, eighths = divmod(round(max(length, 0.0) * 8), 8)
        self.put(column, row, "█" * whole + (_EIGHTHS[eighths] if eighths else ""), style)

    def lines(self) -> list[str]:
        """Return the text alone."""
        return ["".join(character for character, _ in row) for row in self._cells]

    def spans(self) -> list[list[Span]]:
        """Return each row as runs of equal style."""
        return [
            [
                ("".join(character for character, _ in run), style)
                for style, run in groupby(row, key=lambda cell: cell[1])
            ]
            for row in self._cells
        ]
