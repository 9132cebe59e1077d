"""The limits beyond which a repetition has a fault, as settings: messages.Limits with ranges."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from msgspec import Meta, Struct
from msgspec.structs import asdict

from matfw.messages import Limits
from matfw.settings.schema import MismatchError

Degrees: TypeAlias = Annotated[float, Meta(ge=1, le=120)]
Shift: TypeAlias = Annotated[float, Meta(ge=1, le=200)]
Movement: TypeAlias = Annotated[float, Meta(ge=0, le=10)]
Newtons: TypeAlias = Annotated[float, Meta(ge=3, le=200)]


_LIMITS = Limits()


class LimitSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """messages.Limits, with ranges; the defaults are there."""

    too_high_deg: Annotated[
        Degrees, Meta(description="over its rest, a higher leg is too high")
    ] = _LIMITS.too_high_deg
    too_small_deg: Annotated[
        Degrees, Meta(description="over its rest, a lower top is too small")
    ] = _LIMITS.too_small_deg
    kick_up_s: Annotated[Movement, Meta(description="a faster way up is a kick")] = (
        _LIMITS.kick_up_s
    )
    rushed_up_s: Annotated[
        Movement, Meta(description="a faster way up is rushed, at tempo 2-1-3")
    ] = _LIMITS.rushed_up_s
    drop_down_s: Annotated[Movement, Meta(description="a faster way down is a drop")] = (
        _LIMITS.drop_down_s
    )
    rushed_down_s: Annotated[
        Movement, Meta(description="a faster way down is rushed, at tempo 2-1-3")
    ] = _LIMITS.rushed_down_s
    short_hold_s: Annotated[
        Movement, Meta(description="a shorter hold is short, at tempo 2-1-3")
    ] = _LIMITS.short_hold_s
    roll_back_mm: Annotated[Shift, Meta(description="the weight moves back by more")] = (
        _LIMITS.roll_back_mm
    )
    roll_back_deg: Annotated[
        Degrees, Meta(description="a hip sensor sees the hips roll back by more")
    ] = _LIMITS.roll_back_deg
    leg_forward_mm: Annotated[Shift, Meta(description="the weight moves forward by more")] = (
        _LIMITS.leg_forward_mm
    )
    curvature_mm: Annotated[
        float,
        Meta(
            ge=0,
            le=20,
            description="the shift's course bows by more: unsure without a hip sensor; 0: never",
        ),
    ] = _LIMITS.curvature_mm
    bent_body_deg: Annotated[Degrees, Meta(description="hips bent by more; not seen by core4")] = (
        _LIMITS.bent_body_deg
    )
    off_mat_n: Annotated[
        Newtons, Meta(description="more weight missing: a hand is off the mat")
    ] = _LIMITS.off_mat_n

    def limits(self) -> Limits:
        """Return them as the line takes them."""
        return Limits(**asdict(self))

    def check(self) -> None:
        """Check each pair's order. Raises MismatchError with the keys of Settings."""
        for low, high in ORDERED:
            if getattr(self, low) > getattr(self, high):
                raise MismatchError(
                    ("limits", low),
                    f"must not be above {high} = {getattr(self, high):g}"
                    f" (got {getattr(self, low):g})",
                    ("limits", high),
                )


# Of each pair the first must not be above the second, or one of the two faults can never be seen.
ORDERED = (
    ("too_small_deg", "too_high_deg"),
    ("kick_up_s", "rushed_up_s"),
    ("drop_down_s", "rushed_down_s"),
)
