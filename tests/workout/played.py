"""A person and a mat without physics: made motions through the workout's stage and the cues.

Motions and repetitions are made as the line makes them: a lift is seen 0.2 s after it began, a
repetition is judged 0.5 to 0.9 s after its end. Time is virtual, ten steps a second.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from matfw.cues import Cues, RepCue
from matfw.messages import (
    Announcement,
    Cue,
    Event,
    Fault,
    FaultSeen,
    Limits,
    Motion,
    Pace,
    Phase,
    PhaseStep,
    Presence,
    Rep,
    Side,
    Verdict,
)
from matfw.settings.plans import PlanSettings
from matfw.workout.coach import Coach
from matfw.workout.stage import Ask, WorkoutMoment

STEP_S = 0.1
SEEN_S = 0.2  # after its begin a lift is seen, live
JUDGED_S = 0.7  # after its end


@dataclass(frozen=True)
class Done:
    """A repetition that somebody did. live: faults that are named while it happens."""

    verdict: Verdict = Verdict.CLEAN
    live: tuple[Fault, ...] = ()
    later: tuple[Fault, ...] = ()
    tempo_s: tuple[float, float, float] = (2.0, 1.0, 3.0)
    hold_seen_s: float = math.inf  # of the hold, after which the leg is taken for one that rests

    @property
    def faults(self) -> tuple[Fault, ...]:
        return (*self.live, *self.later)


@dataclass
class Played:
    """Somebody on a mat; their verbs let time pass."""

    settings: PlanSettings = field(default_factory=lambda: PlanSettings(name="test"))
    judged_s: float = JUDGED_S
    t_s: float = 100.0
    presence: Presence = Presence.EMPTY
    lies_on: Side = Side.UNKNOWN
    shift_mm: float = 0.0  # to the front of the side lain on
    can_judge: bool = True
    has_belt: bool = False
    is_belt_turned: bool = False  # it says the other side
    events: list[Event] = field(default_factory=list)
    heard: list[tuple[float, Cue]] = field(default_factory=list)
    reps: list[Rep] = field(default_factory=list)  # all that were judged

    def __post_init__(self) -> None:
        self.coach = Coach(self.settings.plan(), Limits())
        self.cues = Cues()
        self.phase = PhaseStep(t_s=self.t_s, phase=Phase.REST, changed=False, since_s=self.t_s)
        self.judged_side = Side.UNKNOWN
        self.last_top_s = 0.0
        self.on_step: Callable[[], None] = lambda: None
        self._late: list[tuple[float, Rep, tuple[Fault, ...]]] = []
        self._rep_cues: list[RepCue] = []
        self._taps = 0
        self._last_cue: Cue | None = None

    # --- what the person does

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        for _ in range(round(seconds / STEP_S)):
            self.step()

    def wait_for(self, *cues: Cue, max_s: float = 120.0) -> Cue:
        """Let time pass until one of these is heard, or was since the last call; return which."""
        for _ in range(round(max_s / STEP_S)):
            while self._listened < len(self.heard):
                cue = self.heard[self._listened][1]
                self._listened += 1
                if cue in cues:
                    return cue
            self.step()
        raise AssertionError(f"{cues} was not heard in {max_s:g} s: {self.heard[-5:]}")

    _listened: int = 0

    def lie(self, side: Side) -> None:
        """Lie down on a side; after 1.5 s of stillness that is known."""
        if self.lies_on is side and self.presence is Presence.LYING:
            return
        self.presence, self.lies_on = Presence.UNSETTLED, side
        self.wait(4.0)
        self.presence = Presence.LYING

    def get_off(self) -> None:
        """Get up and leave."""
        self.phase = replace(self.phase, phase=Phase.REST, changed=False)
        self.presence = Presence.UNSETTLED
        self.wait(1.0)
        self.presence, self.lies_on = Presence.EMPTY, Side.UNKNOWN

    def wiggle(self) -> None:
        """Bring the top knee forward once."""
        for mm in (4.0, 10.0, 18.0, 18.0, 18.0, 18.0, 12.0, 6.0, 2.0, 0.0):
            self.shift_mm = mm
            self.wait(STEP_S)

    def tap(self, taps: int) -> None:
        """Tap the mat; it is known a moment later."""
        self._taps = taps
        self.step()

    def ask(self, ask: Ask) -> None:
        """Ask at the console."""
        self.coach.tell(ask)
        self.step()

    def does_not_lie_still(self) -> None:
        """Move about until the line asks them to lie still."""
        self.presence = Presence.UNSETTLED
        self._requests = [Announcement.LIE_STILL]
        self.wait(2.0)

    def rep(self, done: Done | None = None, rest_s: float = 1.0) -> Rep:
        """Do a repetition and rest; it is judged while they rest or lift again."""
        done = done or Done()
        start_s = self.t_s
        up_s, hold_s, down_s = done.tempo_s
        seen_s = up_s, min(hold_s, done.hold_seen_s), down_s
        for phase, lasts_s in zip((Phase.UP, Phase.HOLD, Phase.DOWN), seen_s, strict=True):
            lead_s = SEEN_S if phase is Phase.UP else 0.0
            self.wait(lead_s)
            self.phase = PhaseStep(
                t_s=self.t_s,
                phase=phase,
                changed=True,
                since_s=self.t_s,
                top_deg=35.0,
                up_s=0.0 if phase is Phase.UP else done.tempo_s[0],
            )
            if phase is Phase.HOLD:
                self.last_top_s = self.t_s
            live = [fault for fault in done.live if LIVE_IN[fault] is phase]
            self.wait(0.3)
            self._requests = live
            self.wait(lasts_s - lead_s - 0.3)
            if phase is Phase.HOLD and lasts_s < done.tempo_s[1]:
                self.phase = PhaseStep(
                    t_s=self.t_s, phase=Phase.REST, changed=True, since_s=self.t_s
                )
                self.wait(done.tempo_s[1] - lasts_s + done.tempo_s[2])
                break
        self.phase = PhaseStep(t_s=self.t_s, phase=Phase.REST, changed=True, since_s=self.t_s)
        rep = made_rep(len(self.reps) + 1, start_s, self.t_s, done, self.judged_side)
        self.reps.append(rep)
        self._late.append((self.t_s + self.judged_s, rep, done.later))
        self.wait(rest_s)
        return rep

    # --- time

    _requests: Sequence[Cue] = ()
    pace: Pace | None = None

    def _sensed(self) -> Side:
        """Return what a belt tells of the side."""
        if not self.has_belt or self.presence is not Presence.LYING:
            return Side.UNKNOWN
        return OTHER[self.lies_on] if self.is_belt_turned else self.lies_on

    def step(self) -> None:
        """Let one step pass."""
        self.t_s += STEP_S
        if self.phase.changed and self.phase.t_s < self.t_s - STEP_S:
            self.phase = replace(self.phase, t_s=self.t_s, changed=False)
        while self._late and self._late[0][0] <= self.t_s:
            late = self._late.pop(0)
            rep, cues = self.coach.finish_rep(late[1], late[2])
            self._rep_cues += [RepCue(cue, rep.end_s) for cue in cues]
            self.events.append(rep)
        is_lying = self.presence is Presence.LYING
        sign = 1.0 if self.judged_side in (self.lies_on, Side.UNKNOWN) else -1.0
        motion = Motion(
            t_s=self.t_s,
            presence=self.presence,
            weight_kg=64.0 if is_lying else None,
            front_shift_mm=sign * self.shift_mm if is_lying else 0.0,
        )
        phase = self.phase if is_lying else None
        asks = self.coach.update(
            WorkoutMoment(
                t_s=self.t_s,
                motion=motion,
                phase=phase,
                requests=self._requests,
                taps=self._taps,
                heard=self._last_cue,
                can_judge=self.can_judge,
                sensed=self._sensed(),
            )
        )
        self._requests, self._taps = (), 0
        self.pace = asks.pace
        if asks.side is not None:
            self.judged_side = asks.side
        self.events += asks.events
        cue = self.cues.update(
            self.t_s, asks.requests, self._rep_cues, self.last_top_s, can_judge=self.can_judge
        )
        self._rep_cues = []
        self._last_cue = cue
        if cue is not None:
            self.heard.append((self.t_s, cue))
        self.on_step()


OTHER = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT, Side.UNKNOWN: Side.UNKNOWN}

LIVE_IN = {
    Fault.KICK: Phase.UP,
    Fault.ROLL_BACK: Phase.UP,
    Fault.LEG_FORWARD: Phase.UP,
    Fault.TOO_HIGH: Phase.HOLD,
    Fault.DROP: Phase.DOWN,
}


def made_rep(number: int, start_s: float, end_s: float, done: Done, side: Side) -> Rep:
    up_s, hold_s, down_s = done.tempo_s
    return Rep(
        rep=number,
        t_s=end_s + JUDGED_S,
        start_s=start_s,
        top_s=start_s + up_s,
        lower_s=start_s + up_s + hold_s,
        end_s=end_s,
        up_s=up_s,
        hold_s=hold_s,
        down_s=down_s,
        angle_deg=35.0,
        front_shift_mm=0.0,
        verdict=done.verdict,
        faults=tuple(FaultSeen(fault, 1.0, "") for fault in done.faults),
        side=side,
    )
