"""Why a repetition is `unsure`, in words; and whether what it carries lets its times be used.

A message and a kept row say of a doubt nothing but these words, so they are made and
read here.
"""

from __future__ import annotations

from collections.abc import Mapping

from matfw.judging.faults import UNTIMED
from matfw.messages import Fault, Rep

HARDLY_ONE = "load and moment hardly fit a leg raise"
UNWEIGHED = "it began before the body was weighed"
MAY_CANCEL = "the hips may have rolled back with the leg forward: only a hip sensor could tell"
LATE = ": the computer read too late"
SIDE_DOUBTED = "lies arched, or not on the {} side: hips not judged"
UNKNOWN_SIDE = "the hips moved, but the side lain on is not known"
_HOLE = "nothing was measured for "
_DOUBTED = "it may be {}: "
_UNTIMED = (HARDLY_ONE, UNWEIGHED, _HOLE, *(_DOUBTED.format(fault) for fault in UNTIMED))


def hole(hole_s: float) -> str:
    """Return the reason of a repetition of which so much was not measured."""
    return f"{_HOLE}{hole_s:.2f} s of it"


def doubted(doubts: Mapping[Fault, str]) -> str:
    """Return the reason that some faults are in doubt: the first one's, empty if there are none."""
    return next((_DOUBTED.format(fault) + reason for fault, reason in doubts.items()), "")


def is_timed(rep: Rep) -> bool:
    """Return whether a repetition's times may be used: no fault and no doubt says they are noise.

    Nor is one timed that may have been no leg raise.
    """
    has_untimed = any(seen.fault in UNTIMED for seen in rep.faults)
    return not has_untimed and not rep.reason.startswith(_UNTIMED)
