"""All that can happen in a workout: ROWS, and the guards that its rows name.

A row is a sentence: in one of `sources`, if `guard` holds, do `action` and go to `target`. Rows are
tried in order and at most one is taken a frame. Every state has a row that leaves it by time or by
what the person does, so that nobody has to get up and press something.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matfw.estimation.plates import contradicts_side
from matfw.messages import Side
from matfw.workout.asking import (
    ask_instead,
    ask_side,
    begin_asking,
    confirm,
    get_ready,
    leave,
    say_wrong,
)
from matfw.workout.course import Course
from matfw.workout.open_set import (
    begin_set,
    close_set,
    end_set,
    go_on,
    hold_wrong,
    insist,
    offer,
    park,
    pause,
    say_wrong_again,
    unpark,
)
from matfw.workout.rests import close_rest, end_rest, say_mark
from matfw.workout.sets import pause_at_s
from matfw.workout.stage import Ask
from matfw.workout.start_end import do_nothing, give_up, restart
from matfw.workout.states import (
    ARM_S,
    ASK_AGAIN_S,
    ASK_TIMES,
    COUNT_IN_S,
    EMPTY_S,
    ENDING_S,
    GIVE_UP_S,
    IDLE_S,
    NOT_LYING_S,
    OFFER_S,
    REST_MARK_S,
    State,
)


def _lies_still(c: Course) -> bool:
    return c.here.lying_s >= ARM_S and c.here.lift_s is None


def _needs_asking(c: Course) -> bool:
    return _lies_still(c) and not c.is_on_its_side


def _is_seen_on_its_side(c: Course) -> bool:
    return _lies_still(c) and c.sensed is c.requested_side


def _is_seen_wrong(c: Course) -> bool:
    return _lies_still(c) and c.is_sensed_wrong


def _is_seen_wrong_again(c: Course) -> bool:
    return _is_seen_wrong(c) and c.here.has_turned


def _goes_on_lying(c: Course) -> bool:
    return _lies_still(c) and not c.is_sensed_wrong


def _insists(c: Course) -> bool:
    return c.taps == 2 and _is_seen_wrong(c)


def _has_left(c: Course) -> bool:
    return c.here.off_s >= NOT_LYING_S or c.here.empty_s >= EMPTY_S


def _has_got_off(c: Course) -> bool:
    return c.here.empty_s >= EMPTY_S


def _lifts(c: Course) -> bool:
    return c.here.lift_s is not None


def _surely_lifts(c: Course) -> bool:
    return c.here.is_lift_sure and c.here.has_turned and not c.is_sensed_wrong


def _confirms(c: Course) -> bool:
    """Return whether they say so: by taps, or a wiggle that no belt contradicts."""
    return c.taps == 2 or (c.here.wiggle > 0 and not c.is_sensed_wrong)


def _contradicts(c: Course) -> bool:
    """Return whether they are seen on the other side, wiggle or are bent to it, or did not turn."""
    if c.has_said_wrong:
        return c.here.wiggle < 0
    if c.sensed is not Side.UNKNOWN:
        return c.is_sensed_wrong
    has_not_turned = not c.here.has_turned and c.dwelt_s >= ASK_AGAIN_S
    is_bent = c.here.lying_s >= NOT_LYING_S and contradicts_side(c.here.motion.bend_deg, c.limits)
    return c.here.wiggle < 0 or has_not_turned or is_bent


def _may_ask_again(c: Course) -> bool:
    """Return whether to ask again: seldom where they are surely on the other side."""
    if c.here.has_turned and not c.is_sensed_wrong:
        return c.dwelt_s >= ASK_AGAIN_S and c.asked_times < ASK_TIMES
    return c.dwelt_s >= ASK_AGAIN_S * min(c.asked_times, ASK_TIMES)


def _has_asked_enough(c: Course) -> bool:
    is_maybe_right = c.here.has_turned and not c.is_sensed_wrong
    return is_maybe_right and c.dwelt_s >= ASK_AGAIN_S and c.here.lying_s >= ARM_S


def _asks_in_vain(c: Course) -> bool:
    return c.asked_times * ASK_AGAIN_S * ASK_TIMES >= GIVE_UP_S


def _is_counted_in(c: Course) -> bool:
    is_heard = c.heard_ready_s is not None and c.t_s - c.heard_ready_s >= COUNT_IN_S
    return is_heard and c.here.is_lying


def _is_full(c: Course) -> bool:
    return c.is_full and not c.is_last_set


def _is_whole(c: Course) -> bool:
    return c.is_full and c.is_last_set


def _is_toggled(c: Course) -> bool:
    return c.taps == 2 or c.ask is Ask.HOLD


def _is_held(c: Course) -> bool:
    return c.ask is Ask.HOLD


def _is_ended(c: Course) -> bool:
    return c.taps == 3 or c.ask is Ask.END_SET


def _goes_on(c: Course) -> bool:
    return c.taps == 2 or c.ask is Ask.GO_ON


def _idles(c: Course) -> bool:
    return c.idle_s >= max(IDLE_S, pause_at_s(c.guide.tempo))


def _has_gone_on(c: Course) -> bool:
    """Return whether a repetition ended since: at a slow tempo its lift may not be seen live."""
    return c.last_rep_s > c.since_s


def _offer_is_over(c: Course) -> bool:
    return c.dwelt_s >= max(OFFER_S, pause_at_s(c.guide.tempo))


def _has_settled(c: Course) -> bool:
    return c.dwelt_s >= ENDING_S and not c.is_last_set


def _has_settled_last(c: Course) -> bool:
    return c.dwelt_s >= ENDING_S and c.is_last_set


def _is_skipped(c: Course) -> bool:
    return c.taps == 2 or c.ask is Ask.SKIP_REST


def _is_ten_left(c: Course) -> bool:
    return not c.has_said_mark and c.rest_left_s <= REST_MARK_S < c.plan.rest_s


def _can_count_in(c: Course) -> bool:
    return c.rest_left_s <= COUNT_IN_S and _lies_still(c) and c.is_on_its_side


def _is_rest_over(c: Course) -> bool:
    return c.rest_left_s <= 0.0


def _is_given_up(c: Course) -> bool:
    return c.is_started and c.dwelt_s >= GIVE_UP_S


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the machine."""

    sources: tuple[State, ...]
    guard: Callable[[Course], bool]
    target: State
    action: Callable[[Course], None] = do_nothing


_S = State
ROWS = (
    Row((_S.AWAY, _S.ASK, _S.READY, _S.REST), _is_held, _S.PARKED, park),
    Row((_S.PARKED,), _goes_on, _S.AWAY, unpark),
    Row((_S.AWAY,), _needs_asking, _S.ASK, begin_asking),
    Row((_S.AWAY,), _lies_still, _S.READY, get_ready),
    Row((_S.ASK, _S.READY), _has_left, _S.AWAY, leave),
    Row((_S.ASK,), _is_seen_on_its_side, _S.READY, get_ready),
    Row((_S.ASK,), _confirms, _S.READY, confirm),
    Row((_S.ASK,), _contradicts, _S.ASK, say_wrong),
    Row((_S.ASK,), _surely_lifts, _S.SET, begin_set),
    Row((_S.ASK,), _asks_in_vain, _S.DONE, give_up),
    Row((_S.ASK,), _may_ask_again, _S.ASK, ask_side),
    Row((_S.ASK,), _has_asked_enough, _S.READY, get_ready),
    Row((_S.READY,), _is_seen_wrong, _S.ASK, ask_instead),
    Row((_S.READY,), _lifts, _S.SET, begin_set),
    Row((_S.READY,), _is_counted_in, _S.SET, begin_set),
    Row((_S.SET, _S.OFFERED, _S.HELD, _S.STOPPED, _S.ENDING), _is_whole, _S.DONE, end_set),
    Row((_S.SET, _S.OFFERED, _S.HELD, _S.STOPPED, _S.ENDING), _is_full, _S.REST, end_set),
    Row((_S.SET, _S.OFFERED), _is_ended, _S.ENDING, close_set),
    Row((_S.HELD, _S.STOPPED), _is_ended, _S.ENDING),
    Row((_S.OFFERED,), _goes_on, _S.SET),
    Row((_S.SET, _S.OFFERED), _is_toggled, _S.STOPPED, pause),
    Row((_S.SET, _S.OFFERED), _has_left, _S.HELD, pause),
    Row((_S.OFFERED,), _lifts, _S.SET),
    Row((_S.OFFERED,), _has_gone_on, _S.SET),
    Row((_S.SET,), _idles, _S.OFFERED, offer),
    Row((_S.OFFERED,), _offer_is_over, _S.ENDING, close_set),
    Row((_S.HELD,), _is_held, _S.STOPPED),
    Row((_S.SET, _S.OFFERED), _is_seen_wrong, _S.HELD, hold_wrong),
    Row((_S.HELD,), _insists, _S.SET, insist),
    Row((_S.HELD,), _is_seen_wrong_again, _S.HELD, say_wrong_again),
    Row((_S.HELD,), _goes_on_lying, _S.SET, go_on),
    Row((_S.STOPPED,), _goes_on, _S.SET, go_on),
    Row((_S.ENDING,), _has_settled_last, _S.DONE, end_set),
    Row((_S.ENDING,), _has_settled, _S.REST, end_set),
    Row((_S.REST,), _is_skipped, _S.AWAY, close_rest),
    Row((_S.REST,), _is_ten_left, _S.REST, say_mark),
    Row((_S.REST,), _can_count_in, _S.READY, get_ready),
    Row((_S.REST,), _is_rest_over, _S.AWAY, end_rest),
    Row((_S.AWAY, _S.PARKED, _S.HELD, _S.STOPPED), _is_given_up, _S.DONE, give_up),
    Row((_S.DONE,), _goes_on, _S.AWAY, restart),
    Row((_S.DONE,), _has_got_off, _S.AWAY, restart),
)
