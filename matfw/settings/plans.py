"""Plans of a guided workout by name: those that come with matfw, and a person's own [[plans]]."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from matfw.messages import Limits, Side, Tempo
from matfw.messages.limits import SLOW_DOWN_S, SLOW_UP_S
from matfw.settings.schema import Name
from matfw.workout.plan import Guide, Plan, SideOrder, Variation, sides_of

WAY_SEEN_S, HOLD_SEEN_S = (0.5, 6.0), 10.0  # what is found on virtual people; JUDGING.md
# Of untaught people's raises 75 of 80 are found from here on, of smaller ones none; JUDGING.md.
RAISE_SEEN_DEG = 12.0
Seconds: TypeAlias = Annotated[float, Meta(ge=0.2, le=30)]
HoldSeconds: TypeAlias = Annotated[float, Meta(ge=0, le=30)]
TempoSeconds: TypeAlias = tuple[Seconds, HoldSeconds, Seconds]
Degrees: TypeAlias = Annotated[float, Meta(ge=1, le=120)]


class PlanSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A workout: as many sets on either side, one after the other, with rests between."""

    name: Annotated[Name, Meta(description="what workout.plan calls it")]
    reps: Annotated[int, Meta(ge=1, le=30, description="repetitions a set")] = 15
    sets_a_side: Annotated[int, Meta(ge=1, le=10, description="sets on either side")] = 3
    rest_s: Annotated[float, Meta(ge=0, le=600, description="rest between sets, s")] = 45.0
    tempo_s: Annotated[TempoSeconds, Meta(description="[up, hold, down], s")] = (2.0, 1.0, 3.0)
    range_deg: Annotated[
        tuple[Degrees, Degrees] | None,
        Meta(
            description="[lowest, highest] good top of the leg, deg over its rest",
            extra={"example": [24.0, 45.0]},
        ),
    ] = None
    first_side: Annotated[Side, Meta(description="the side to begin on, left or right")] = Side.LEFT
    order: Annotated[
        SideOrder, Meta(description="sides take turns by set, or one after the other")
    ] = SideOrder.ALTERNATE
    variation: Annotated[Variation, Meta(description="how the leg raise is done")] = Variation.PLAIN
    added_kg: Annotated[
        float, Meta(ge=0, le=20, description="weight on the thigh, kg; only when weighted")
    ] = 0.0

    def plan(self) -> Plan:
        """Return it as the line takes it."""
        sides = sides_of(self.first_side, self.sets_a_side, self.order)
        guide = Guide(
            name=self.name,
            sides=sides,
            variation=self.variation,
            added_kg=self.added_kg,
            tempo=self.tempo(),
        )
        return Plan(self.reps, len(sides), self.rest_s, guide)

    def tempo(self) -> Tempo:
        """Return the tempo it asks for."""
        return Tempo(*self.tempo_s)

    def limits(self, limits: Limits) -> Limits:
        """Return limits with its own range of angle."""
        if self.range_deg is None:
            return limits
        low, high = self.range_deg
        return replace(limits, too_small_deg=low, too_high_deg=high)

    def wrong(self) -> tuple[str, str] | None:
        """Return the field that no mat can follow, and why; None if all is well."""
        if self.first_side is Side.UNKNOWN:
            return "first_side", "must be left or right (got unknown)"
        unseen = unseen_tempo(self.tempo_s)
        if unseen:
            return "tempo_s", unseen
        if self.range_deg is not None and self.range_deg[0] >= self.range_deg[1]:
            low, high = self.range_deg
            return "range_deg", f"must be [lower, higher] (got {low:g}, {high:g})"
        if self.range_deg is not None and self.range_deg[1] < RAISE_SEEN_DEG:
            return "range_deg", (
                f"must go up to {RAISE_SEEN_DEG:g} deg or more (got {self.range_deg[1]:g}): lower"
                " lifts are not found, whoever makes them"
            )
        is_weighted = self.variation is Variation.WEIGHTED
        if is_weighted is not (self.added_kg > 0.0):
            return "added_kg", (
                f"must be above 0 when the variation is weighted, and 0 otherwise"
                f" (got {self.added_kg:g} with {self.variation.value})"
            )
        return None


def unseen_tempo(tempo_s: tuple[float, float, float]) -> str:
    """Return why no mat can follow a tempo; empty if it can."""
    min_s, max_s = WAY_SEEN_S
    up_s, hold_s, down_s = tempo_s
    got = f"(got {up_s:g}, {hold_s:g}, {down_s:g})"
    if not (min_s <= min(up_s, down_s) and max(up_s, down_s) <= max_s):
        return (
            f"up and down must be {min_s:g} to {max_s:g} s {got}: a slower leg cannot be"
            " distinguished from a body that sways, nor a quicker one timed; ask for less extreme"
            " ways"
        )
    if hold_s > HOLD_SEEN_S and (up_s > SLOW_UP_S or down_s > SLOW_DOWN_S):
        return (
            f"hold must be at most {HOLD_SEEN_S:g} s unless up is at most {SLOW_UP_S:g} s and"
            f" down at most {SLOW_DOWN_S:g} s {got}: after so long a hold only a quicker leg"
            " can be distinguished from a body that settles; ask for quicker ways or a shorter hold"
        )
    return ""


NO_PLAN = "none"  # what workout.plan is where nobody is to be led
DEFAULT_PLAN = "default"  # made of [workout]; a mat that runs leads through it where none is named
# 15 to 20 repetitions are effective, three sets a side: the exercise's source text. The short one
# is the demo's.
BUILT_IN = (
    PlanSettings(name="three_by_fifteen"),
    PlanSettings(name="two_by_ten", reps=10, sets_a_side=2, rest_s=60.0),
    PlanSettings(name="short", reps=5, sets_a_side=1, rest_s=20.0),
)
