"""Each phase ends just beyond its limit, and not just within."""

from __future__ import annotations

import pytest

from matfw.estimation.lift_signs import AGAIN_DPS, AGAIN_NM_PER_KG, EVIDENCE_RISE
from matfw.messages import Phase
from matfw.phases import (
    AGAIN_SHARE,
    DROPS_DPS,
    FADED_DOWN_EVIDENCE,
    FADED_DOWN_RISE,
    FADED_OVER_N_PER_KG,
    FADED_UP_EVIDENCE,
    FAR_DPS,
    FAR_SHARE,
    HELD_EVIDENCE,
    HOLD_MIN_DEG,
    LOWERING_EVIDENCE,
    REST_SHARE,
    STOPPED_DPS,
    STOPPED_SHARE,
)
from tests.phase_motions import (
    CLASSES,
    JUST,
    LOST_DEG,
    LOWERS,
    TOP_DEG,
    WEIGHT_KG,
    answered,
    rising,
)

# A rate that a braked lift overshoots to; its load has been as low all the time.
BRAKED = {"rate_dps": -2.0 * DROPS_DPS, "over_n": -5.0}


@pytest.mark.parametrize(
    ("source", "field", "limit", "answers", "others"),
    [
        (Phase.UP, "angle_deg", HOLD_MIN_DEG, [Phase.UP, Phase.HOLD], {}),
        (Phase.HOLD, "rate_dps", -DROPS_DPS, [Phase.HOLD, Phase.DOWN], {"force_n": -5.0}),
        (Phase.HOLD, "force_n", -5.0, [Phase.HOLD, Phase.DOWN], BRAKED),
        (
            Phase.HOLD, "evidence", HELD_EVIDENCE + rising()["evidence_rise"],
            [Phase.UP, Phase.HOLD], CLASSES["rises"],
        ),
        (
            Phase.HOLD, "rate_dps", -FAR_DPS, [Phase.HOLD, Phase.DOWN],
            {"angle_deg": 20.0, "force_n": -5.0},
        ),
        (
            Phase.HOLD, "angle_deg", TOP_DEG * (1.0 - FAR_SHARE), [Phase.DOWN, Phase.HOLD],
            {"rate_dps": -2.0 * FAR_DPS, "force_n": -5.0},
        ),
        (Phase.HOLD, "descent", LOWERING_EVIDENCE, [Phase.HOLD, Phase.DOWN], LOWERS),
        (Phase.HOLD, "descended_deg", LOST_DEG, [Phase.HOLD, Phase.DOWN], LOWERS),
        (
            Phase.DOWN, "rate_dps", AGAIN_DPS, [Phase.DOWN, Phase.UP],
            {"angle_deg": 12.0, **rising()},
        ),
        (
            Phase.DOWN, "rise_nm", AGAIN_NM_PER_KG * WEIGHT_KG, [Phase.DOWN, Phase.UP],
            {"angle_deg": 12.0, "rate_dps": 2.0 * AGAIN_DPS, "over_n": 6.0, "rise_n": 6.0},
        ),
        (
            Phase.DOWN, "angle_deg", AGAIN_SHARE * TOP_DEG, [Phase.UP, Phase.DOWN],
            {"rate_dps": 2.0 * AGAIN_DPS, **rising(), "evidence_rise": EVIDENCE_RISE},
        ),
        (
            Phase.DOWN, "evidence_rise", EVIDENCE_RISE, [Phase.DOWN, Phase.UP],
            {"angle_deg": 0.9 * TOP_DEG, "rate_dps": 2.0 * AGAIN_DPS, **rising()},
        ),
        (
            Phase.DOWN, "angle_deg", REST_SHARE * TOP_DEG, [Phase.REST, Phase.DOWN],
            {"rate_dps": -20.0},
        ),
        (Phase.DOWN, "angle_deg", STOPPED_SHARE * TOP_DEG, [Phase.REST, Phase.DOWN], {}),
        (Phase.DOWN, "rate_dps", -STOPPED_DPS, [Phase.REST, Phase.DOWN], {"angle_deg": 5.0}),
        (Phase.UP, "evidence", FADED_UP_EVIDENCE, [Phase.REST, Phase.UP], CLASSES["fades"]),
        (Phase.DOWN, "evidence", FADED_DOWN_EVIDENCE, [Phase.REST, Phase.DOWN], CLASSES["fades"]),
        (Phase.DOWN, "evidence_rise", FADED_DOWN_RISE, [Phase.REST, Phase.DOWN], CLASSES["fades"]),
        *(
            (
                Phase.DOWN, "over_n", side * FADED_OVER_N_PER_KG * WEIGHT_KG,
                [Phase.REST, Phase.DOWN], CLASSES["fades"],
            )
            for side in (-1.0, 1.0)
        ),
    ],
)  # fmt: skip
def test_a_phase_ends_just_beyond_its_limit_and_not_just_within(
    source: Phase, field: str, limit: float, answers: list[Phase], others: dict[str, float]
) -> None:
    assert [answered(source, **{**others, field: share * limit}) for share in JUST] == answers


@pytest.mark.parametrize(("rise", "phase"), [(-0.01, Phase.REST), (0.01, Phase.UP)])
def test_a_lift_whose_evidence_still_grows_goes_on(rise: float, phase: Phase) -> None:
    assert answered(Phase.UP, **{**CLASSES["fades"], "evidence_rise": rise}) is phase
