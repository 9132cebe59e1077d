"""The kinds of people in contact physics, by name, and what a mat records of one of them.

MuJoCo is 64 MB and wanted for these alone (the extra [accuracy]): it is imported when one of them
is played, and where it is not installed they are left out.
"""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np

from matfw.layouts import PRESETS
from matfw.messages import Mat, RawFrame
from tests.accuracy.others.mat import frames_of, mat_of
from tests.accuracy.others.plans import Recording
from tests.people.movements.scene import Span

SETS = ("contact_clean", "contact_restless", "contact_child")  # good repetitions are known to be
UNTAUGHT = ("contact_untaught", "contact_hurried")
MOVING = "contact_moving"  # only other movements, no repetition
KINDS = (*SETS, *UNTAUGHT, MOVING)
PREFIX = "contact_"
NOISE_KEY = 0x3B
FIDGET_S = 6.0  # most are over by then
ON, UP = "getting on", "getting up"


def is_installed() -> bool:
    """Return whether these people can be played here."""
    return find_spec("mujoco") is not None


def recorded(
    kind: str, layout: str, seed: int
) -> tuple[Mat, list[RawFrame], Recording, tuple[Span, ...]]:
    """Return one person's mat and frames, what really happened, and what they did besides."""
    from tests.accuracy.contact.doings import Company  # noqa: PLC0415 - as below
    from tests.accuracy.contact.session import record  # noqa: PLC0415 - MuJoCo may not be there

    company = Company(kind.removeprefix(PREFIX))
    session = record(company, seed, PRESETS[layout].cells)
    recording, doings = session.recording, session.doings
    mat = mat_of(recording, layout)
    frames = frames_of(recording, mat, np.random.default_rng([seed, NOISE_KEY]))
    spans = (
        Span(ON, *doings.on_s),
        *(Span(name, at_s, at_s + FIDGET_S) for at_s, name in doings.fidgets),
        Span(UP, *doings.off_s),
    )
    return mat, frames, recording, spans
