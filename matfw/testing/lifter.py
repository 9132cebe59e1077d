"""A person with a script: what they do on the mat, written down one thing after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np

from matfw.errors import MatUsageError
from matfw.messages import Cell, Fault, Person, Side
from matfw.virtual.body import make_body
from matfw.virtual.motion_script import Push, RepPlan, SessionPlan
from matfw.virtual.person import generate
from matfw.virtual.rep_kinds import FAULTY, faulty_rep
from matfw.virtual.sessions import off_mat_on_rep
from matfw.virtual.trace import Trace

GOOD = RepPlan(roll_deg=1.0, knee_bend_deg=2.0)
REST_S, FIRST_REST_S = 2.0, 4.0  # before a repetition; the first waits until they are weighed
BENT_DEG = 16.0  # of `bent_body`, well over what is a fault
HAND_N = 28.0  # of `off_mat`: a hand on the floor in front of the mat
FAULTS = (*(fault for fault, _ in FAULTY), Fault.OFF_MAT)


class Lifter:
    """Somebody who gets on, lies down on a side, does what the script says and gets up.

    Every verb adds to the script and returns the lifter, so that they can be written in a row.
    """

    def __init__(
        self,
        side: Side | str = Side.LEFT,
        *,
        sex: str = "female",
        height_m: float = 1.68,
        mass_kg: float = 64.0,
        seed: int = 1,
        body_noise: float = 1.0,
        is_bent: bool = False,
    ) -> None:
        """Take who it is. body_noise: breath, heart, sway; 0: none. is_bent: hips bent."""
        self.side = Side(side)
        self.seed = seed
        self._body = make_body(sex, height_m, mass_kg)
        self._body_noise = body_noise
        self._is_bent = is_bent
        self._rng = np.random.default_rng(seed)
        self._reps: list[RepPlan] = []
        self._rests_s: list[float] = []
        self._rest_s: float | None = None
        self._hands: list[int] = []  # of the repetitions with a hand off the mat
        self._pushes: list[tuple[int, float, float]] = []
        self._tasks: list[str] = []  # the same script, for a person

    def lift(self, count: int = 1, fault: Fault | str | None = None, **rep: Any) -> Self:
        """Lift the leg so often; with a fault in it, and any field of `RepPlan` as given.

        Raises MatUsageError for a fault that is of a session, not of a repetition.
        """
        chosen = None if fault is None else Fault(fault)
        if chosen is not None and chosen not in FAULTS:
            raise MatUsageError(
                f"no repetition can be {chosen.value!r}: one of {', '.join(FAULTS)};"
                " a bent body is Lifter(is_bent=True)"
            )
        for _ in range(count):
            plan = GOOD
            if chosen is Fault.OFF_MAT:
                self._hands.append(len(self._reps))
            elif chosen is not None:
                plan = faulty_rep(self._rng, chosen)
            self._rests_s.append(self._next_rest_s())
            self._reps.append(replace(plan, **rep))
        self._tasks.append(f"lift the leg {count} times" + (f", each {chosen}" if chosen else ""))
        return self

    def rest(self, seconds: float) -> Self:
        """Let the leg rest so long before the next lift, instead of two seconds."""
        self._rest_s = float(seconds)
        self._tasks.append(f"rest for {seconds:g} s")
        return self

    def push(self, force_n: float, seconds: float = 2.0) -> Self:
        """Push with a hand against something beside the mat, a second after the last lift."""
        self._pushes.append((len(self._reps), float(force_n), float(seconds)))
        self._rest_s = (self._rest_s or REST_S) + seconds + 1.0
        self._tasks.append(f"push with {force_n:g} N for {seconds:g} s")
        return self

    @property
    def person(self) -> Person:
        """Return what this person would tell the mat about themselves."""
        return Person(sex=self._body.sex, height_m=self._body.height_m)

    def task(self) -> str:
        """Return the script in words, for a person on a real mat."""
        doing = "; ".join(self._tasks) or "lie still"
        return f"get on the mat, lie on your {self.side} side; {doing}; get up"

    def plan(self) -> SessionPlan:
        """Return the script as a session of the virtual person."""
        plan = SessionPlan(
            side=self.side, body=self._body, reps=tuple(self._reps),
            rests_s=tuple(self._rests_s), bend_deg=BENT_DEG if self._is_bent else 0.0,
            still_s=2.5 + (self._rest_s or 0.0),
        )  # fmt: skip
        pushes = []
        for before, force_n, seconds in self._pushes:
            moved_s = sum(rep.total_s for rep in self._reps[:before]) + sum(self._rests_s[:before])
            pushes.append(Push(plan.settle_s + moved_s + 1.0, seconds, force_n))
        hands = tuple(off_mat_on_rep(plan, index, HAND_N) for index in self._hands)
        return replace(plan, pushes=tuple(pushes), off_mats=hands)

    def trace(self, cells: Sequence[Cell]) -> Trace:
        """Return what a mat with these cells carries, with the truth beside."""
        return generate(self.plan(), cells, self.seed, self._body_noise)

    def _next_rest_s(self) -> float:
        rest_s = self._rest_s
        self._rest_s = None
        if rest_s is None:
            return REST_S if self._reps else FIRST_REST_S
        return rest_s if self._reps else max(rest_s, FIRST_REST_S)
