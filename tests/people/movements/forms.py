"""The table of forms: what is done, by which generator, and which are held out.

`tuning` forms are for changing matfw by; `held-out` ones are for quoting and are never looked at in
between. The whole generator of submovements is held out, and in each kind some forms of the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from matfw.virtual.body import Body
from tests.people.movements import segment_moves as moves
from tests.people.movements import segment_transits as transits
from tests.people.movements import submovements as sub
from tests.people.movements import things
from tests.people.movements import transfer_forms as tra
from tests.people.movements.contact import Movement


class Split(StrEnum):
    """Whether a form may be looked at while something is tuned."""

    TUNING = "tuning"
    HELD_OUT = "held-out"


class Purpose(StrEnum):
    """Where in a session a form belongs."""

    ON = "on"  # from an empty mat to lying
    SETTLE = "settle"  # just after it
    UP = "up"  # from lying to an empty mat
    MOVE = "move"  # in the middle; ends lying
    THING = "thing"  # in the middle; somebody or something else


@dataclass(frozen=True, slots=True)
class Form:
    """One way of doing something. returns: it ends where it began, within some centimetres."""

    name: str
    purpose: Purpose
    generator: str
    split: Split
    make: Callable[[Body, np.random.Generator], Movement]
    returns: bool = True


_T, _H = Split.TUNING, Split.HELD_OUT
_ON, _SETTLE, _UP = Purpose.ON, Purpose.SETTLE, Purpose.UP
_MOVE, _THING = Purpose.MOVE, Purpose.THING
FORMS: tuple[Form, ...] = (
    Form("sit_then_lie", _ON, "segments", _T, transits.sit_then_lie),
    Form("sit_wait_lie", _ON, "segments", _T, transits.sit_wait_lie),
    Form("step_then_squat", _ON, "segments", _T, transits.step_then_squat),
    Form("phone_in_hand", _ON, "segments", _T, transits.phone_in_hand),
    Form("crawl_on", _ON, "transfer", _T, tra.crawl_on),
    Form("sit_and_swing_in", _ON, "transfer", _T, tra.sit_and_swing_in),
    Form("kneel_then_lie", _ON, "segments", _H, transits.kneel_then_lie),
    Form("roll_on", _ON, "segments", _H, transits.roll_on),
    Form("step_and_kneel", _ON, "transfer", _H, tra.step_and_kneel),
    Form("drop_down", _ON, "transfer", _H, tra.drop_down),
    Form("come_on_by_pulses", _ON, "submovements", _H, sub.come_on_by_pulses),
    Form("hips_shift", _SETTLE, "segments", _T, moves.hips_shift),
    Form("pillow", _SETTLE, "segments", _T, moves.pillow),
    Form("hips_hop", _SETTLE, "transfer", _T, tra.hips_hop),
    Form("shoulder_pull", _SETTLE, "segments", _H, moves.shoulder_pull),
    Form("shoulder_rock", _SETTLE, "transfer", _H, tra.shoulder_rock),
    Form("wriggle", _SETTLE, "submovements", _H, sub.wriggle),
    Form("up_by_sitting", _UP, "segments", _T, transits.up_by_sitting),
    Form("up_over_hands", _UP, "transfer", _T, tra.up_over_hands),
    Form("up_slowly", _UP, "segments", _T, transits.up_slowly),
    Form("up_by_kneeling", _UP, "segments", _H, transits.up_by_kneeling),
    Form("up_in_one_swing", _UP, "transfer", _H, tra.up_in_one_swing),
    Form("go_off_by_pulses", _UP, "submovements", _H, sub.go_off_by_pulses),
    Form("roll_to_back", _MOVE, "segments", _T, moves.roll_to_back_and_return),
    Form("turn_over", _MOVE, "segments", _T, moves.turn_over, returns=False),
    Form("sit_up", _MOVE, "segments", _T, moves.sit_up_a_while),
    Form("reach_for_glass", _MOVE, "segments", _T, moves.reach_for_glass),
    Form("bend_knees", _MOVE, "segments", _T, moves.bend_knees),
    Form("scratch", _MOVE, "segments", _T, moves.scratch),
    Form("cough", _MOVE, "segments", _T, moves.cough),
    Form("heave_round", _MOVE, "transfer", _T, tra.heave_round, returns=False),
    Form("roll_to_belly", _MOVE, "segments", _H, moves.roll_to_belly_and_return),
    Form("upper_knee_forward", _MOVE, "segments", _H, moves.upper_knee_forward),
    Form("talk_with_hands", _MOVE, "segments", _H, moves.talk_with_hands),
    Form("prop_and_look", _MOVE, "transfer", _H, tra.prop_and_look),
    Form("rear_up", _MOVE, "submovements", _H, sub.rear_up),
    Form("roll_about", _MOVE, "submovements", _H, sub.roll_about, returns=False),
    Form("fumble", _MOVE, "submovements", _H, sub.fumble),
    Form("visitor_leans", _THING, "segments", _T, things.visitor_leans),
    Form("animal_walks", _THING, "transfer", _T, tra.walking_animal),
    Form("blanket_comes", _THING, "things", _T, things.blanket_comes),
    Form("bag_put_down", _THING, "things", _T, things.bag_put_down),
    Form("visitor_sits", _THING, "segments", _H, things.visitor_sits),
    Form("animal_lies_down", _THING, "transfer", _H, things.animal_lies_down),
    Form("blanket_goes", _THING, "things", _H, things.blanket_goes),
)


def forms(purposes: tuple[Purpose, ...], split: Split) -> tuple[Form, ...]:
    """Return the forms for these purposes of one split, in the table's order."""
    return tuple(form for form in FORMS if form.purpose in purposes and form.split is split)
