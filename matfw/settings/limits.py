"""messages.Limits -> the same as settings: a table [limits], with the ranges that stand there."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

from msgspec import Meta, Struct, defstruct
from msgspec.structs import asdict

from matfw.messages import Limits, Range
from matfw.settings.schema import MismatchError

_HINTS = get_type_hints(Limits, include_extras=True)
RANGES: dict[str, Range] = {name: hint.__metadata__[0] for name, hint in _HINTS.items()}


class _AnyLimits(Struct):
    def limits(self) -> Limits:
        """Return them as the line takes them."""
        return Limits(**asdict(self))

    def check(self) -> None:
        """Check each pair's order. Raises MismatchError with the keys of Settings."""
        for low, high in ((name, limit.not_above) for name, limit in RANGES.items()):
            if high and getattr(self, low) > getattr(self, high):
                raise MismatchError(
                    ("limits", low),
                    f"must not be above {high} = {getattr(self, high):g}"
                    f" (got {getattr(self, low):g})",
                    ("limits", high),
                )


def _fields() -> Iterator[tuple[str, Any, Any]]:  # a type and a default
    for field in dataclasses.fields(Limits):
        limit = RANGES[field.name]
        meta = Meta(ge=limit.minimum, le=limit.maximum, description=limit.words)
        yield field.name, Annotated[float, meta], field.default


if TYPE_CHECKING:
    LimitSettings = _AnyLimits
else:
    LimitSettings = defstruct(
        "LimitSettings",
        _fields(),
        bases=(_AnyLimits,),
        namespace={"__doc__": "messages.Limits, with ranges; the defaults are there."},
        module=__name__,
        frozen=True,
        kw_only=True,
        forbid_unknown_fields=True,
    )
