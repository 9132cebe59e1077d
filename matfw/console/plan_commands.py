"""Commands about a guided workout: workout, plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from matfw.console.answers import Answer, reply
from matfw.console.arguments import Argument, Values
from matfw.console.command import WORKOUT, Command
from matfw.console.settings_commands import change, setting_of
from matfw.control.errors import Code, ConsoleError
from matfw.settings.plans import NO_PLAN, PlanSettings
from matfw.workout.stage import Ask
from matfw.workout.states import State

if TYPE_CHECKING:
    from matfw.console.context import Context
    from matfw.control.api import Control

PLAN = "workout.plan"
STATE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        State.AWAY: "waits for somebody to lie still",
        State.ASK: "asks for the side: bring the top knee forward once, or tap twice",
        State.READY: "counts in",
        State.SET: "counts",
        State.OFFERED: "asks whether the set is to be finished",
        State.HELD: "stands until somebody lies still again",
        State.PARKED: "stands between sets: `workout go`, or two taps",
        State.STOPPED: "stands: `workout go`, or two taps",
        State.ENDING: "measures the last repetition",
        State.REST: "rests",
        State.DONE: "is done: get off, or tap twice, to begin another",
    }
)
# What a person says, what it asks for, and in which states that means something.
ASKS: Mapping[str, tuple[Ask, frozenset[State]]] = MappingProxyType(
    {
        "pause": (Ask.HOLD, frozenset(State) - {State.PARKED, State.STOPPED, State.DONE}),
        "go": (Ask.GO_ON, frozenset({State.PARKED, State.STOPPED, State.OFFERED, State.DONE})),
        "skip": (Ask.SKIP_REST, frozenset({State.REST})),
        "end": (Ask.END_SET, frozenset({State.SET, State.OFFERED, State.HELD, State.STOPPED})),
    }
)


def workout(context: Context, values: Values) -> Answer:
    """Show where the workout is, or act on it."""
    control, what = context.control, str(values.get("what", ""))
    now = control.status()
    if not now.workout_state:
        raise ConsoleError(
            Code.NO_WORKOUT, "workout: no plan is set: `plan` lists them, `plan NAME` sets one"
        )
    if what == "restart":
        control.start(from_first_set=True)
        return reply("from the first set: lie still to begin")
    if what:
        ask, states = ASKS[what]
        if now.workout_state not in states:
            raise ConsoleError(
                Code.NOT_NOW,
                f"workout {what}: not now: it {STATE_WORDS[now.workout_state]}",
            )
        control.tell_workout(ask)
        return reply(f"{what}: asked")
    place = f"set {now.set_number} of {now.sets}, rep {now.rep} of {now.reps_per_set}"
    left = "" if now.rest_left_s is None else f", {now.rest_left_s:.0f} s of rest left"
    return reply(
        f"{place}{left}: it {STATE_WORDS[now.workout_state]}",
        state=now.workout_state, set=now.set_number, sets=now.sets, rep=now.rep,
        reps=now.reps_per_set, rest_left_s=now.rest_left_s,
    )  # fmt: skip


def plan(context: Context, values: Values) -> Answer:
    """List the plans, or set the one to be led through."""
    control = context.control
    if "name" in values:
        return change(context, setting_of(control, PLAN), str(values["name"]))
    settings = control.settings.settings
    active = settings.led(control.unset_plan).workout.plan or NO_PLAN
    known = settings.known_plans()
    lines = [_line(each, is_active=each.name == active) for each in known]
    lines.append(f"{'*' if active == NO_PLAN else ' '} {NO_PLAN}: begin when you like")
    return Answer(tuple(lines), {"plan": active, "plans": [each.name for each in known]})


def _line(of: PlanSettings, *, is_active: bool) -> str:
    tempo = "-".join(f"{part:g}" for part in of.tempo_s)
    kind = f", {of.variation.value}" if of.variation.value != "plain" else ""
    weight = f" {of.added_kg:g} kg" if of.added_kg else ""
    return (
        f"{'*' if is_active else ' '} {of.name}: {of.sets_a_side} x {of.reps} a side at {tempo},"
        f" {of.rest_s:g} s rest, {of.first_side.value} first, {of.order.value}{kind}{weight}"
    )


def plan_names(control: Control, _: Sequence[str]) -> Sequence[str]:
    """Return all plans' names, for completion."""
    return (*(each.name for each in control.settings.settings.known_plans()), NO_PLAN)


COMMANDS = (
    Command(
        "workout", WORKOUT, "where the guided workout is; pause, go, skip the rest, end the set",
        workout,
        (Argument("what", "what to do", choices=(*ASKS, "restart"), is_optional=True),),
        is_guarded=True, open_words=((),),
        more=("Two taps on the mat are pause and go, or skip in a rest; three are end.",),
    ),
    Command(
        "plan", WORKOUT, "the plans there are, or the one to be led through",
        plan,
        (Argument("name", "a plan, as in three_by_fifteen; default: as [workout] says; none: not"
                  " led", known=plan_names, is_optional=True),),
        is_guarded=True, open_words=((),),
    ),
)  # fmt: skip
