"""One row of a recording -> RawFrame, slowly and with words for whatever is wrong in it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from matfw.messages import RawFrame
from matfw.recording.foreign import refuse_separators
from matfw.settings.schema import COUNT_MAX, COUNT_MIN, MismatchError, found

ROW_BYTES = 4096  # the longest row; 64 cells and 64 channels need 2 KiB
T_MAX_S = 1e10  # three centuries; epoch time stamps of imported recordings fit
CHANNEL_MAX = 1e6  # degrees or mm

_NUMBER = re.compile(r"-?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,4})?", re.ASCII)
_COUNT = re.compile(r"-?\d{1,12}", re.ASCII)


def careful_row(row: bytes, names: Sequence[str], cells: int, previous_s: float) -> RawFrame:
    """Return the row's frame or raise the MismatchError that says what is wrong with it.

    names: of all columns, the time first and then `cells` cells. previous_s: of the row before.
    """
    if len(row) >= ROW_BYTES:
        raise MismatchError((), f"is longer than {ROW_BYTES} bytes")
    text = decoded(row)
    refuse_separators(text)
    fields = text.split(",")
    if len(fields) < len(names) and not row.endswith(b"\n"):
        raise MismatchError(
            (), f"is cut off after {len(fields)} of {len(names)} fields: the file ends inside a row"
        )
    if not row.endswith(b"\n"):  # a number that was cut off is still a number
        raise MismatchError(
            (), "has no line end: the file ends here, maybe inside this row's last number"
        )
    if len(fields) != len(names):
        raise MismatchError(
            (), f"has {len(fields)} fields, must have {len(names)}: {','.join(names)}"
        )
    first_channel = 1 + cells
    t_s = _number(names[0], fields[0], T_MAX_S)
    if t_s is None:
        raise MismatchError((names[0],), "must be a number of seconds (got nothing)")
    if t_s < previous_s:
        raise MismatchError((names[0],), f"must not go back: {fields[0]} after {previous_s:.6f}")
    return RawFrame(
        t_s,
        tuple(map(_count, names[1:first_channel], fields[1:first_channel])),
        tuple(
            _number(name, field, CHANNEL_MAX)
            for name, field in zip(names[first_channel:], fields[first_channel:], strict=True)
        ),
    )


def _count(name: str, field: str) -> int | None:
    if not field:
        return None
    if _COUNT.fullmatch(field) and COUNT_MIN <= (count := int(field)) <= COUNT_MAX:
        return count
    raise MismatchError(
        (name,),
        f"must be a whole number {COUNT_MIN} to {COUNT_MAX} (24 bits) or empty"
        f" (got {found(field)})",
    )


def _number(name: str, field: str, limit: float) -> float | None:
    if not field:
        return None
    if _NUMBER.fullmatch(field) and abs(number := float(field)) <= limit:
        return number
    raise MismatchError(
        (name,), f"must be a number {-limit:g} to {limit:g} or empty (got {found(field)})"
    )


def decoded(line: bytes) -> str:
    """Return a line as text without its line end; MismatchError where it is not UTF-8."""
    try:
        return line.removesuffix(b"\n").removesuffix(b"\r").decode()
    except UnicodeDecodeError as error:
        raise MismatchError(
            (), f"is not UTF-8 text (got byte 0x{line[error.start]:02x} at {error.start + 1})"
        ) from None
