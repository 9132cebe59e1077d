"""What a reader knows about one converter: when it is due, and whether to believe it.

Due. A converter runs on its own oscillator and cannot be asked for the time: all that is ever seen
is that DOUT was high at one look and low at a later one. Two looks close together (`NARROW_S`)
give a time; the first of them is the anchor, and the conversions since the anchor divide the time
since it into the period. From `LOCK_CONVERSIONS` on the period is good to 16 us (0.5 ms / 32) and
the converter `is_locked`: readers then sleep until it is due instead of polling. How wrong
`due_s` can be is kept beside it (`error_s`): half the width of the looks that found it, and more
with each conversion that nobody saw end.

Belief. After anything that may have reset the chip or left its frame half read, `distrust` throws
away what it gives for four and a half periods. That is four results if the chip gives results
while it settles, and one if it stays silent for the four periods, as the datasheet leaves open.

Doubt. An SCK-high that may have been too long says only that the chip may have been reset; the
chip itself tells (`doubt_limit_s`). One that was reset is ready a whole period later at the
earliest, and one that is silent while it settles (`mute_cycles`, learnt each time it is restarted)
not before the fourth. So one that is ready earlier than that was not reset, and its rhythm goes
on.
"""

from __future__ import annotations

from matfw.devices.hx711 import RESET_HOLD_S, SETTLING_CONVERSIONS
from matfw.ports import CellCounters

NARROW_S = 0.001  # two looks this close tell when it became ready
LOCK_CONVERSIONS = 32  # since the anchor; see above
ANCHOR_CONVERSIONS = 128  # a new anchor after so many: oscillators move with the temperature
LOCKED_GUARD_S = 0.0003  # a locked converter is looked at this much before and after it is due
PERIOD_ERROR_S = NARROW_S / LOCK_CONVERSIONS  # of a locked one's period: both ends of the measure
HUNTING_GUARD = 0.25  # the same of an unlocked one, in periods; covers an oscillator 20 % off
LOST_LOCK = 0.25  # periods off the prediction: not the same rhythm any more
LATE = 0.5  # periods after it was due and still not ready: it was reset (1.5 from the one before)
SETTLE_PERIODS = SETTLING_CONVERSIONS + 0.5  # half a period for the oscillator's error
SAFE_AGE = 0.96  # periods; the next result overwrites the old one at 1
HUNTING_ERROR = 0.2  # periods; how far a period not measured yet may be off the nominal one
DOUBT_PERIODS = 2.5  # ready within these of the doubt: a chip silent while it settles was not reset
EXCUSED_PERIODS = 1.5  # after settling, until its first result can be there
DOUBT_MARGIN_S = PERIOD_ERROR_S  # ready sooner than a period less this: no chip was reset
CHATTY_PERIODS = 2.0  # ready within these of a restart: it gives results while it settles
MUTE_PERIODS = 5.5  # one that is silent while it settles is ready by then; else it had no supply
MUTE_CYCLES = 2  # restarts in a row through which it was silent: it always is
CLEAR_PERIODS = 3.0  # a gap between results further ahead than this is none
COUNT_LIMIT = 0.45  # periods; further off, the conversions since the anchor cannot be counted
PERIOD_LIMITS = (0.8, 1.25)  # of the nominal period
PATIENCE_FRAMES = 12  # without an answer before a power cycle; twice as many before each next one
PATIENCE_LIMIT_FRAMES = 4096  # 51 s at 80 SPS


class Converter:
    """One converter as a reader sees it. Times are the clock's seconds."""

    __slots__ = (
        "_anchor_s",
        "_nominal_s",
        "bit",
        "counters",
        "doubt_ended_s",
        "doubt_s",
        "due_s",
        "earliest_s",
        "error_s",
        "excused_s",
        "expires_s",
        "index",
        "is_due_known",
        "is_locked",
        "is_measured",
        "mute_cycles",
        "name",
        "not_before_s",
        "patience_frames",
        "period_error_s",
        "period_s",
        "release_s",
        "restarted_s",
        "seen_s",
        "settled_s",
        "silent_frames",
        "unwatched_from_s",
        "whole_frames",
    )

    def __init__(self, index: int, name: str, rate_hz: float) -> None:
        self.index = index
        self.bit = 1 << index
        self.name = name
        self.counters = CellCounters()
        self._nominal_s = 1.0 / rate_hz
        self.period_s = self._nominal_s  # learnt
        self.due_s = 0.0  # when the next result is ready, if is_due_known
        self.error_s = 0.0  # how far due_s may be off, if is_measured
        self.period_error_s = HUNTING_ERROR * self._nominal_s  # how far that may be off
        self.is_due_known = False
        self.is_locked = False
        self.is_measured = False  # due_s is known as well as error_s says
        self._anchor_s: float | None = None
        self.settled_s = 0.0  # frames begun before this are thrown away
        self.earliest_s = 0.0  # the result now ready became so no earlier
        self.expires_s = 0.0  # a frame must be over by now, or the result may change in mid-read
        self.not_before_s = 0.0  # while barred: do not look at DOUT before
        self.unwatched_from_s = 0.0  # when it was barred
        self.release_s = 0.0  # while its SCK is held high: when to let go
        self.doubt_s: float | None = None  # since when it is not known whether it was reset
        self.doubt_ended_s = 0.0  # it was reset no later than this, if it was
        self.restarted_s: float | None = None  # when it was, until its first result is seen
        self.seen_s = 0.0  # when its last result was found ready
        self.mute_cycles = 0  # restarts in a row through whose settling it was silent
        self.excused_s = 0.0  # what it does not give until then is the computer's doing
        self.silent_frames = 0
        self.whole_frames = 0  # in a row
        self.patience_frames = PATIENCE_FRAMES

    @property
    def guard_s(self) -> float:
        """Return how far from due_s it may become ready."""
        return LOCKED_GUARD_S if self.is_locked else HUNTING_GUARD * self.period_s

    def seen_ready(self, high_s: float, low_s: float) -> float:
        """Take that DOUT was high at high_s and is low at low_s.

        Sets `expires_s`. Returns the earliest time at which it can have become ready.
        """
        self.seen_s = low_s
        if self.restarted_s is not None:
            self._learn_settling(high_s - self.restarted_s, low_s - self.restarted_s)
        if self.doubt_s is not None and low_s > self.doubt_limit_s:
            self._lose_phase()  # it may have been reset: nothing is to be measured across that
        is_known = self.is_due_known and self.is_measured
        earliest_s, latest_s = high_s, low_s
        if is_known:
            if low_s > self.due_s + self.period_s - self.error_s:
                self._pass_unseen(high_s, low_s)
            due_s, error_s = self.due_s, self.error_s
            earliest_s = due_s - error_s if due_s - error_s > high_s else high_s
            latest_s = due_s + error_s if due_s + error_s < low_s else low_s
            if earliest_s > latest_s:  # not the rhythm that it was
                self._lose_rhythm()
                is_known, earliest_s, latest_s = False, high_s, low_s
        is_narrow = low_s - high_s <= NARROW_S
        if is_narrow:
            self._measure(0.5 * (high_s + low_s), self.due_s if self.is_due_known else low_s)
        self.is_measured = is_narrow or is_known
        if self.is_measured:
            self.due_s = 0.5 * (earliest_s + latest_s)
            self.error_s = 0.5 * (latest_s - earliest_s)
        else:
            self._guess_due(earliest_s, latest_s)
        self.is_due_known = True
        self.earliest_s = earliest_s
        self.expires_s = earliest_s + SAFE_AGE * self.period_s - self.period_error_s
        return earliest_s

    def _guess_due(self, earliest_s: float, latest_s: float) -> None:
        """Take that the result now ready became so between these, when nothing is known better."""
        if not self.is_due_known:
            self.due_s = latest_s
            return
        # It may be the last of several, if nobody looked for long.
        missed = max(0.0, (latest_s - self.due_s) // self.period_s)
        self.due_s = min(max(self.due_s + missed * self.period_s, earliest_s), latest_s)

    def _pass_unseen(self, high_s: float, low_s: float) -> None:
        """Move due_s on past results that have surely come and gone while nobody looked."""
        late_s = low_s - self.due_s - self.error_s
        missed = int(max(late_s, 0.0) / (self.period_s + self.period_error_s))
        if high_s > self.due_s + self.period_s - self.error_s:
            missed = max(missed, 1)
        if missed:
            self.move_on(missed)

    def move_on(self, conversions: int = 1) -> None:
        """Take that so many results come one after the other, unseen."""
        self.due_s += conversions * self.period_s
        self.error_s += conversions * self.period_error_s

    def clear_from_s(self, start_s: float, lasts_s: float) -> float:
        """Return from when on a burst of lasts_s is sure to meet no new result, at least start_s.

        Only a forecast: what it rests on is not taken as having happened.
        """
        if not self.is_measured or self.error_s > HUNTING_ERROR * self.period_s:
            return start_s  # reading it is the way to find its rhythm
        later = max(1, int((start_s - self.due_s) / self.period_s))
        last_s = start_s + CLEAR_PERIODS * self.period_s
        while start_s < last_s:
            next_s, error_s = self._forecast(later)
            if start_s + lasts_s <= next_s - error_s - (1.0 - SAFE_AGE) * self.period_s:
                return start_s
            start_s = max(start_s, next_s + error_s)
            later += 1
        return start_s

    def let_go(self, now_s: float) -> None:
        """Take that results which must have been replaced by now are gone; set `expires_s`."""
        passed, error_s = 0, 0.0
        while self.is_measured:
            next_s, next_error_s = self._forecast(passed + 1)
            if next_s + next_error_s > now_s:
                break
            passed, error_s = passed + 1, next_error_s
        if passed:
            self.move_on(passed)
            self.earliest_s = self.due_s - error_s
            self.expires_s = self.earliest_s + SAFE_AGE * self.period_s - self.period_error_s

    def _forecast(self, later: int) -> tuple[float, float]:
        """Return when a result so many after the one now ready is due, and how far that is off."""
        error_s = self.error_s + later * self.period_error_s
        return self.due_s + later * self.period_s, error_s

    def _lose_phase(self) -> None:
        self.is_due_known = False
        self._anchor_s = None
        self.is_locked = False

    def _lose_rhythm(self) -> None:
        self._lose_phase()
        self.period_error_s = HUNTING_ERROR * self._nominal_s

    def _measure(self, ready_s: float, due_s: float) -> None:
        if self._anchor_s is None or abs(ready_s - due_s) > LOST_LOCK * self.period_s:
            if self._anchor_s is not None:
                self._lose_rhythm()
            self._anchor_s = ready_s
            return
        since_s = ready_s - self._anchor_s
        conversions = round(since_s / self.period_s)
        if conversions * self.period_error_s > COUNT_LIMIT * self.period_s:
            self._anchor_s = ready_s
            return
        error_s = NARROW_S / max(conversions, 1)
        if conversions >= LOCK_CONVERSIONS or (conversions >= 1 and error_s < self.period_error_s):
            self.period_error_s = max(error_s, PERIOD_ERROR_S)
            low, high = PERIOD_LIMITS
            self.period_s = min(
                max(since_s / conversions, low * self._nominal_s), high * self._nominal_s
            )
        if conversions >= LOCK_CONVERSIONS:
            self.is_locked = True
        if conversions >= ANCHOR_CONVERSIONS:
            self._anchor_s = ready_s

    def is_late(self, high_s: float) -> bool:
        """Return whether DOUT high at high_s betrays a reset that nobody ordered."""
        return self.is_due_known and high_s > self.due_s + LATE * self.period_s

    def doubt(self, since_s: float, until_s: float) -> None:
        """Take that it may have been reset between these times."""
        self.doubt_s, self.doubt_ended_s = since_s, until_s

    @property
    def doubt_limit_s(self) -> float:
        """Return until when it must have been found ready to prove that it was not reset."""
        assert self.doubt_s is not None
        if self.mute_cycles >= MUTE_CYCLES:
            return self.doubt_s + DOUBT_PERIODS * self._nominal_s
        return self.doubt_s + self.period_s - self.period_error_s - DOUBT_MARGIN_S

    def excuse(self, since_s: float) -> None:
        """Take that what it does not give while it settles from since_s on is the computer's."""
        until_s = since_s + (SETTLE_PERIODS + EXCUSED_PERIODS) * self._nominal_s
        self.excused_s = max(self.excused_s, until_s)

    def unsettle(self, since_s: float) -> None:
        """Throw away what comes while it may settle, but keep its rhythm, which shows if not."""
        self.settled_s = max(self.settled_s, since_s + SETTLE_PERIODS * self._nominal_s)

    def restart(self, at_s: float) -> None:
        """Take that it was restarted at at_s: so it is seen whether it is silent while settling."""
        self.restarted_s = at_s
        self.doubt_s = None
        self.distrust(at_s)

    def _learn_settling(self, high_s: float, low_s: float) -> None:
        """Take that its first result came between these times after a restart."""
        self.restarted_s = None
        if DOUBT_PERIODS * self._nominal_s < high_s < low_s < MUTE_PERIODS * self._nominal_s:
            self.mute_cycles += 1
        elif low_s < CHATTY_PERIODS * self._nominal_s:
            self.mute_cycles = 0

    def distrust(self, since_s: float) -> None:
        """Throw away what comes for as long as settling takes after a reset at since_s."""
        self.unsettle(since_s)
        self._lose_phase()

    def answered(self) -> None:
        """Take that a whole frame came back."""
        self.silent_frames = 0
        self.whole_frames += 1
        self.patience_frames = PATIENCE_FRAMES

    def on_timeout(self) -> None:
        """Take that a frame went by without an answer."""
        self.counters.missing += 1
        self.silent_frames += 1
        self.whole_frames = 0

    def hold(self, now_s: float) -> None:
        """Take that its SCK was raised for a power cycle; be twice as patient the next time."""
        self.release_s = now_s + RESET_HOLD_S
        self.silent_frames = 0
        self.patience_frames = min(2 * self.patience_frames, PATIENCE_LIMIT_FRAMES)
