"""The calibration wizard: tare, then a known weight laid at a few places, then accept or leave.

Pure: frames and the person's lines come in, sentences come out. Nothing changes until its `result`
is saved by whoever runs it, so it can be left at any time.

    wizard = Wizard(mat, Kind.CALIBRATE, known=store.state.calibration)
    say(wizard.prompt())
    ... wizard.answer(line) -> sentences; wizard.frames(new frames) -> sentences ...
    if wizard.is_done and wizard.result: store.save_calibration(wizard.result.lines, note=...)

Every step begins when the person says so (`go`) and ends by itself when the mat has lain still for
long enough. A step that is refused says why, and waits for the person again. An empty line measures
nothing and repeats what is asked: it is what people type to see whether anybody is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from matfw.calibrate.checks import (
    check_change,
    check_cross,
    check_empty,
    check_fit,
    check_return,
)
from matfw.calibrate.progress import Calibrated, Kind, Plan, Progress, Step, Taken
from matfw.calibrate.refusals import Reason, Refusal, restless_refusal
from matfw.calibrate.solve import solve, weighed
from matfw.calibrate.stillness import Measured, Watch
from matfw.calibrate.words import MAX_KG, MEASURING, MIN_KG, asked
from matfw.errors import MatUsageError
from matfw.messages import Mat, RawFrame
from matfw.settings.model import calibration_of
from matfw.settings.numbers import read_number
from matfw.settings.state import CellLine

__all__ = ["Calibrated", "Kind", "Reason", "Refusal", "Step", "Wizard"]

# Of the weight: how good each mean must be. A cell not calibrated yet may give 0.4 of the nominal
# counts, so that its mean is 2.5 times worse in kilograms than it seems: still 1/8 of 0.1 %.
SIGMA_SHARE = 5e-5
TARE_SIGMA_KG = 0.005  # of a tare alone
PLACE_LIMIT_MM = 2000.0
LEAVING = ("leave", "abort", "quit", "exit")
GOING = ("go", "next", "ready")


class Wizard:
    """One calibration, step by step."""

    def __init__(
        self,
        mat: Mat,
        kind: Kind = Kind.CALIBRATE,
        *,
        known: Mapping[str, CellLine] | None = None,
        weight_kg: float | None = None,
        anywhere: bool = False,
    ) -> None:
        """Take the mat, and the lines of cells calibrated before.

        known: cells that are not in it count as never calibrated; leave it out after a rebuild.
        weight_kg: asked for if it is not given. anywhere: the person lays the weight wherever they
        like; exchanged cells are then only seen by the cross-check. Raises MatUsageError for a
        weight out of range, or a tare or trim of cells that are not calibrated.
        """
        lines = known or {}
        self._plan = Plan(
            mat,
            kind,
            frozenset(lines),
            calibration_of(mat.cells, lines),
            anywhere,
        )
        missing = [name for name in self._plan.names if name not in lines]
        if missing and kind is not Kind.CALIBRATE:
            raise MatUsageError(
                f"{kind.value} needs a mat that is calibrated; not yet:"
                f" {', '.join(missing)}:"
                " run calibrate first"
            )
        first = Step.WEIGHT if kind is Kind.CALIBRATE else Step.EMPTY
        self._now = Progress(first)
        self._history: list[Progress] = []
        self._watch: Watch | None = None
        self._place_mm: tuple[float, float] | None = None
        self._force = False
        self.refusal: Refusal | None = None  # of the last try of this step
        self.result: Calibrated | None = None
        if weight_kg is not None and kind is Kind.CALIBRATE:
            self._now = Progress(Step.EMPTY, weight_kg=_weight(f"{weight_kg}"))

    # --- what is going on -----------------------------------------------------------------------

    @property
    def is_done(self) -> bool:
        """Return whether it is over: accepted (`result` is there) or left (it is None)."""
        return self._now.step is Step.DONE

    @property
    def is_measuring(self) -> bool:
        """Return whether it is waiting for the mat to lie still."""
        return self._watch is not None

    @property
    def step(self) -> Step:
        """Return what is asked of the person now."""
        return self._now.step

    def state(self) -> dict[str, object]:
        """Return where it stands, for programs (JSON values only)."""
        cell = self._plan.asked_cell(self._now)
        fit = self._now.fit
        return {
            "wizard": self._plan.kind.value,
            "step": self._now.step.value,
            "cell": cell,
            "measuring": self.is_measuring,
            "weight_kg": self._now.weight_kg or None,
            "placements": len(self._now.taken),
            "of": self._plan.places(self._now),
            "refusal": None
            if self.refusal is None
            else {
                "reason": self.refusal.reason.value,
                "text": self.refusal.text,
                "cells": list(self.refusal.cells),
                "can_insist": self.refusal.can_force,
            },
            "fit": None
            if fit is None
            else {
                "counts_per_kg": dict(zip(self._plan.names, fit.counts_per_kg, strict=True)),
                "sigma_pct": {
                    n: 100.0 * s for n, s in zip(self._plan.names, fit.sigma, strict=True)
                },
                "residual_kg": list(fit.residual_kg),
                "condition": fit.condition,
            },
            "done": self.is_done,
            "saved": self.result is not None,
        }

    def prompt(self) -> list[str]:
        """Return what the person is to do now, a sentence a line."""
        return [MEASURING] if self.is_measuring else asked(self._plan, self._now)

    # --- what comes in --------------------------------------------------------------------------

    def answer(self, text: str) -> list[str]:
        """Take a line from the person; return what to say. Raises MatUsageError for nonsense."""
        answer = text.strip()
        word, _, rest = answer.lower().partition(" ")
        if self.is_done:
            raise MatUsageError("the wizard is over: start it again with calibrate or tare")
        if word in LEAVING:
            self._watch = None
            self._now = Progress(Step.DONE)
            return ["Left. Nothing has changed."]
        if not word:
            pass
        elif word in ("back", "again"):
            self._back(is_again=word == "again")
        elif self.is_measuring:
            pass
        elif word == "anyway":
            self._force_now()
        elif self._now.step is Step.WEIGHT:
            self._go_on(Progress(Step.EMPTY, weight_kg=_weight(answer)))
        elif self._now.step is Step.ACCEPT:
            if word not in ("accept", "yes"):
                raise MatUsageError(f"say accept, back, again or leave (got {answer!r})")
            return self._accept()
        else:
            self._start(word, rest)
        return self.prompt()

    def frames(self, frames: Iterable[RawFrame]) -> list[str]:
        """Take what the mat has sent since the last call; return what to say, often nothing."""
        for frame in frames:
            if self._watch is None:
                return []
            seen = self._watch.update(frame)
            if seen is None:
                continue
            self._watch = None
            if isinstance(seen, Measured):
                return self._measured(seen)
            is_empty = self._now.step in (Step.EMPTY, Step.CLEAR)
            refusal = restless_refusal(
                self._plan.mat.cells, seen, is_empty=is_empty, has_weight=self._now.weight_kg > 0.0
            )
            return self._refuse(refusal)
        return []

    def _start(self, word: str, rest: str) -> None:
        """Begin to measure, if that is the answer."""
        step = self._now.step
        can_place = step in (Step.PLACE, Step.CHECK)
        if word == "at" and can_place:
            self._place_mm = _place(rest)
        elif word in GOING:
            self._place_mm = (0.0, 0.0) if step is Step.CHECK else None
        else:
            raise MatUsageError(
                f"say go when it is done, or {'at X Y, ' if can_place else ''}back, again"
                f" or leave (got {f'{word} {rest}'.strip()!r})"
            )
        self._begin()

    # --- going on -------------------------------------------------------------------------------

    def _begin(self) -> None:
        self.refusal = None
        sigma_kg = (
            SIGMA_SHARE * self._now.weight_kg
            if self._plan.kind is Kind.CALIBRATE
            else TARE_SIGMA_KG
        )
        self._watch = Watch([1.0 / line.counts_per_kg for line in self._plan.rough], sigma_kg)

    def _go_on(self, progress: Progress) -> None:
        self._history.append(self._now)
        self._now = progress
        self.refusal = None
        self._force = False

    def _back(self, *, is_again: bool) -> None:
        """Go to the step before; `again` stays where a step is under way or was refused."""
        stays = is_again and (self.is_measuring or self.refusal is not None)
        self._watch = None
        self.refusal = None
        self._force = False
        if not stays and self._history:
            self._now = self._history.pop()

    def _force_now(self) -> None:
        if self.refusal is None or not self.refusal.can_force:
            raise MatUsageError("anyway is only an answer where I say so: see the last sentence")
        self._begin()
        self._force = True

    def _refuse(self, refusal: Refusal) -> list[str]:
        self.refusal = refusal
        self._force = False
        way = "say go to try this step again, or back or leave."
        if refusal.can_force:
            way = f"If that is right, say anyway. Otherwise {way}"
        return [f"Not taken: {refusal.text}", f"{way[0].upper()}{way[1:]}"]

    def _measured(self, seen: Measured) -> list[str]:
        now, cells, rough = self._now, self._plan.mat.cells, self._plan.rough
        match now.step:
            case Step.EMPTY:
                refusal = check_empty(cells, rough, self._plan.known, seen)
                if refusal and not (refusal.can_force and self._force):
                    return self._refuse(refusal)
                step = Step.ACCEPT if self._plan.kind is Kind.TARE else Step.PLACE
                self._go_on(replace(now, step=step, empty=seen))
            case Step.PLACE:
                return self._placed(seen)
            case Step.CLEAR:
                assert now.empty is not None
                refusal = check_return(
                    cells, self._plan.rough, now.empty, seen, now.weight_kg or None
                )
                if refusal:
                    return self._refuse(refusal)
                return self._solved(replace(now, after=seen))
            case Step.CHECK:
                return self._checked(seen)
            case _:
                raise AssertionError(now.step)
        return ["Measured.", *self.prompt()]

    def _placed(self, seen: Measured) -> list[str]:
        now = self._now
        assert now.empty is not None
        taken = Taken(
            seen,
            self._plan.asked_cell(self._now) if self._place_mm is None else None,
            self._place_mm,
        )
        change = self._plan.change(now, taken.measured)
        refusal = check_change(
            self._plan.mat.cells, self._plan.rough, change, now.weight_kg or None, taken.cell
        )
        if refusal:
            return self._refuse(refusal)
        everything = (*now.taken, taken)
        if len(everything) < self._plan.places(self._now):
            self._go_on(replace(now, taken=everything))
        else:
            self._go_on(replace(now, step=Step.CLEAR, taken=everything))
        return ["Measured.", *self.prompt()]

    def _solved(self, now: Progress) -> list[str]:
        placements = self._plan.placements(now)
        gains = self._plan.gains
        fit = solve(self._plan.mat.cells, placements, gains)
        shares = [
            max(abs(p.change_counts[i] / gain) / p.weight_kg for p in placements)
            for i, gain in enumerate(gains)
        ]
        refusal = check_fit(self._plan.mat.cells, fit, now.weight_kg or None, shares)
        if refusal and refusal.reason in (Reason.ALIKE, Reason.NO_REACTION):
            # One more place may settle it: ask for that instead of starting again.
            extra = (*now.extra, refusal.cells[0])
            self._go_on(replace(now, step=Step.PLACE, after=None, extra=extra))
            self.refusal = refusal
            return [f"Not yet: {refusal.text}", *self.prompt()]
        if refusal:
            return self._refuse(refusal)
        self._go_on(replace(now, step=Step.CHECK, fit=fit))
        worst_g = 1000.0 * max(map(abs, fit.residual_kg))
        return [f"All places fit together, to {worst_g:.1f} g.", *self.prompt()]

    def _checked(self, seen: Measured) -> list[str]:
        now, place = self._now, self._place_mm
        fit = now.fit
        assert fit is not None
        assert place is not None
        total_kg, x_mm, y_mm = weighed(
            self._plan.mat.cells, fit.counts_per_kg, self._plan.change(now, seen)
        )
        want_kg = self._plan.steady_kg(now)
        refusal = check_cross(total_kg, (x_mm, y_mm), want_kg, place)
        if refusal:
            return self._refuse(refusal)
        text = f"Check: {total_kg:.3f} kg for {want_kg:.3f} kg, at {x_mm:.0f} {y_mm:.0f} mm."
        self._go_on(replace(now, step=Step.ACCEPT, check_text=text))
        return self.prompt()

    def _accept(self) -> list[str]:
        now, fit = self._now, self._now.fit
        tare = now.after or now.empty
        assert tare is not None
        gains = fit.counts_per_kg if fit else [line.counts_per_kg for line in self._plan.rough]
        lines = {
            name: CellLine(tare_counts=round(zero, 2), counts_per_kg=round(gain, 3))
            for name, zero, gain in zip(self._plan.names, tare.mean_counts, gains, strict=True)
        }
        note: str = self._plan.kind.value
        if self._plan.kind is Kind.CALIBRATE:
            note = f"calibrate with {now.weight_kg:g} kg at {len(now.taken)} places"
        self.result = Calibrated(self._plan.kind, lines, note, fit)
        self._now = Progress(Step.DONE)
        return ["Accepted."]


def _weight(text: str) -> float:
    number = text.strip().lower().removesuffix("kg").strip()
    try:
        weight_kg = read_number(number)
    except ValueError:
        weight_kg = float("nan")
    if not MIN_KG <= weight_kg <= MAX_KG:
        raise MatUsageError(
            f"the weight must be {MIN_KG:g} to {MAX_KG:g} kilograms, as in 10.02"
            f" (got {text.strip()!r})"
        )
    return weight_kg


def _place(text: str) -> tuple[float, float]:
    try:
        x_mm, y_mm = (read_number(part.removesuffix(",")) for part in text.split())
    except ValueError:
        x_mm = y_mm = float("nan")
    if not (abs(x_mm) <= PLACE_LIMIT_MM and abs(y_mm) <= PLACE_LIMIT_MM):
        raise MatUsageError(
            "at needs two numbers, millimetres from the deck's middle to the foot end and to the"
            f" left edge, each within {PLACE_LIMIT_MM:g}, as in at -300 100 (got {text.strip()!r})"
        )
    return x_mm, y_mm
