"""The states of a workout that is led, and how long what may last."""

from __future__ import annotations

from enum import StrEnum

ARM_S = 0.5  # of lying; it begins after 1.5 s of stillness, so that 2 s of stillness arm it
NOT_LYING_S = 3.0  # they have got up, or roll over; shorter is shifting about
EMPTY_S = 1.0
COUNT_IN_S = 3.0  # 3, 2, 1
ASK_AGAIN_S = 8.0
ASK_TIMES = 3  # then the plan's side is taken for theirs, as a setting would be
IDLE_S = 25.0  # in a set without a repetition: they may have had enough, and are asked
OFFER_S = 30.0  # to go on with it; then it is over
ENDING_S = 2.5  # after a set was ended by hand: the last repetition may still be measured
REST_MARK_S = 10.0
GIVE_UP_S = 600.0  # of nobody going on: the workout is over


class State(StrEnum):
    """Where the workout is."""

    AWAY = "away"  # waits for somebody to lie still
    ASK = "ask"  # ... on the side that the set is for
    READY = "ready"  # 3, 2, 1
    SET = "set"
    OFFERED = "offered"  # nothing came for a while: finish the set, or end it?
    HELD = "held"  # got off in a set; goes on by itself
    PARKED = "parked"  # paused on purpose outside of a set
    STOPPED = "stopped"  # paused on purpose; goes on when asked to
    ENDING = "ending"  # the set was ended by hand
    REST = "rest"
    DONE = "done"


# In which nothing but somebody who lies still moves it on.
WAITS_FOR_LYING = (State.AWAY, State.HELD)
# In which the side asked for was confirmed or taken, and nobody has left since.
COUNTED = (State.READY, State.SET, State.OFFERED, State.ENDING)
