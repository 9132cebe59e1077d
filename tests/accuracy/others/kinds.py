"""The others' kinds of people, by name, and what a mat records of one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

import numpy as np

from matfw.layouts import PRESETS
from matfw.messages import Cell, Mat, RawFrame
from tests.accuracy.others import chain, driven, links, rods
from tests.accuracy.others.mat import frames_of, mat_of
from tests.accuracy.others.plans import DrawPlan, Recording, draw_plan, prompt_plan, resting_plan
from tests.accuracy.others.tiring import tiring_plan

Maker = Callable[[int, Sequence[Cell], bool, DrawPlan], Recording]

OTHERS: Mapping[str, tuple[Maker, bool]] = MappingProxyType(  # and whether they are restless
    {
        "other_a_clean": (links.record, False),
        "other_a_restless": (links.record, True),
        "other_b_clean": (rods.record, False),
        "other_b_restless": (rods.record, True),
        "other_c_clean": (chain.record, False),
        "other_c_restless": (chain.record, True),
        "other_d_clean": (driven.record, False),
        "other_d_restless": (driven.record, True),
    }
)
# Every second one tires, and every second two of them are restless.
TIRING: Mapping[str, Maker] = MappingProxyType(
    {"other_a_tiring": links.record, "other_b_tiring": rods.record}
)
RESTLESS: Mapping[str, Maker] = MappingProxyType(
    {
        "other_a": links.record,
        "other_b": rods.record,
        "other_c": chain.record,
        "other_d": driven.record,
    }
)
# Those who take breaks of 8 to 14 s in the midst of a set, and those who begin as soon as they lie.
RESTING = {f"{name}_resting": make for name, make in RESTLESS.items()}
PROMPT = {f"{name}_prompt": make for name, make in RESTLESS.items()}


def recorded(
    kind: str, layout: str, seed: int, draw: DrawPlan = draw_plan
) -> tuple[Mat, list[RawFrame], Recording]:
    """Return one person's mat and frames, and what really happened.

    draw: what they do; of those of TIRING, RESTING and PROMPT no matter, they have their own plans.
    """
    if kind in TIRING:
        make, is_restless = TIRING[kind], bool(seed // 2 % 2)
        draw = partial(tiring_plan, is_tired=bool(seed % 2))
    elif kind in RESTING:
        make, is_restless, draw = RESTING[kind], True, resting_plan
    elif kind in PROMPT:
        make, is_restless, draw = PROMPT[kind], True, prompt_plan
    else:
        make, is_restless = OTHERS[kind]
    recording = make(seed, PRESETS[layout].cells, is_restless, draw)
    mat = mat_of(recording, layout)
    return mat, frames_of(recording, mat, np.random.default_rng([seed, 1])), recording
