"""What other programs make of a recording, recognised by its bytes, for an error that is right.

A spreadsheet that opens a recording and saves it again puts its own separators between the columns,
pads line 1 with them, and breaks the JSON of line 2: what it saves cannot be read back, so it is
named and not guessed at.
"""

from __future__ import annotations

from collections.abc import Mapping

from matfw.settings.schema import MismatchError

BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # of UTF-8, as Windows programs put it first
# How a file begins that is no text -> what it is, and what to do; file formats' own specifications.
FORMATS: Mapping[bytes, str] = {
    b"PK\x03\x04": "is a ZIP archive or a spreadsheet's own file: unpack it, or export it as CSV",
    b"BZh": "is bzip2 data: unpack it first (bunzip2)",
    b"\xfd7zXZ": "is xz data: unpack it first (unxz)",
    b"\x28\xb5\x2f\xfd": "is zstd data: unpack it first (unzstd)",
    b"\xff\xfe": "is UTF-16 text, as some Windows programs save it: save it as UTF-8",
    b"\xfe\xff": "is UTF-16 text, as some Windows programs save it: save it as UTF-8",
}
_SEPARATORS: Mapping[str, str] = {";": "semicolons", "\t": "tabs", ",": "commas"}
_ADVICE = "take the file as it was recorded, or save it as text with commas and decimal points"


class SpreadsheetError(MismatchError):
    """A line is as a spreadsheet saves it; the advice says where the recording itself is."""


def foreign_format(start: bytes) -> str | None:
    """Return what to say of a file that begins so, None where it may be a recording."""
    return next((words for magic, words in FORMATS.items() if start.startswith(magic)), None)


def refuse_spreadsheet(line: str, expected: str) -> None:
    """Refuse a line that is `expected` as a spreadsheet saves it. Raises MismatchError."""
    if line == expected:
        return
    bare = line.rstrip(",;\t ").strip('"')
    padding = line[len(line.rstrip(",;\t ")) :].strip(" ")[:1]
    if bare == expected and (padding or line != bare):
        raise saved_by_spreadsheet(padding or '"')
    for separator in (";", "\t"):
        if line.replace('"', "").rstrip(separator).replace(separator, ",") == expected:
            raise saved_by_spreadsheet(separator)


def saved_by_spreadsheet(separator: str) -> SpreadsheetError:
    """Return the error for a line with a spreadsheet's separators in it."""
    how = _SEPARATORS.get(separator, "quotes")
    return SpreadsheetError((), f"was saved by a spreadsheet, with {how}", advice=_ADVICE)


def refuse_separators(text: str) -> None:
    """Refuse a row whose fields stand between semicolons or tabs. Raises MismatchError."""
    for separator in (";", "\t"):
        if separator in text:
            raise saved_by_spreadsheet(separator)
