"""The table of faults: every fault has everything, and a new one is its row and its earcon."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

import matfw
from matfw.control.words import CUE_WORDS, fault_words
from matfw.cues import CUE_RULES
from matfw.judging.faults import FAULTS, ROWS
from matfw.judging.row import About, FaultRow
from matfw.messages import Fault, Limits
from matfw.sounds.earcons import LIGHTS, SOUNDS

LIMIT_FIELDS = {field.name for field in fields(Limits)}
NO_FAULT = {"curvature_mm"}  # beyond it a repetition is `unsure`


def lacks(row: FaultRow) -> list[str]:
    """Return what a fault has not got."""
    has = {
        "a sound": bool(SOUNDS.get(row.fault)),
        "lights": bool(LIGHTS.get(row.fault)),
        "a cue rule": CUE_RULES.get(row.fault) is row.cue,
        "words": CUE_WORDS.get(row.fault) is row.words is fault_words(row.fault),
        "a title, an event and a remedy": all(
            (row.words.title, row.words.happened, row.words.remedy)
        ),
        "either a limit or the reason why none": bool(row.limits) is not bool(row.no_limit),
        "limits that exist": set(row.limits) <= LIMIT_FIELDS,
        "somebody who finds it": bool(row.live or row.rule) or row.about is About.SET,
        "a sharper fault before it": row.sharper is None
        or FAULTS.index(ROWS[row.sharper]) < FAULTS.index(row),
        "a lift or a posture that it is about, if it is seen live": row.live is None
        or row.about.is_of_a_lift is not (row.about is About.POSTURE),
        "a spell exactly if it is a posture": (row.lasts_s is None)
        is not (row.about is About.POSTURE),
    }
    return [what for what, it_has in has.items() if not it_has]


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_has_everything(fault: Fault) -> None:
    assert lacks(ROWS[fault]) == []


def test_a_fault_has_one_row_and_a_limit_one_fault() -> None:
    assert [row.fault for row in FAULTS] == list(ROWS)
    owned = [name for row in FAULTS for name in row.limits]
    assert len(owned) == len(set(owned))
    assert set(owned) == LIMIT_FIELDS - NO_FAULT


TOY_ROW = """FAULTS: tuple[FaultRow, ...] = (
    FaultRow(
        fault=Fault.DAWDLED,
        about=About.TIME,
        limits=("dawdled_s",),
        live=lambda now: (
            Reading(now.motion.lifting_s, "s")
            if now.motion.lifting_s > now.at_tempo.dawdled_s
            else None
        ),
        rule=lambda case: (
            Reading(case.rep.up_s, "s") if case.rep.up_s > case.limits.dawdled_s else None
        ),
        cue=CueRule(70, Rank.TEMPO, 1.0, 2.0, 1.5),
        words=Words("dawdled", "The leg went up slowly", "go on"),
    ),
"""
# File, what it is put in place of, and what is put there. A new timed fault touches two files, row
# and earcon, and the one of its limit's field, which has its name too: `Mat` carries limits and
# `Rep` faults, and neither may import the table above them.
TOY = (
    ("judging/faults.py", "FAULTS: tuple[FaultRow, ...] = (\n", TOY_ROW),
    (
        "judging/faults.py",
        "import About, CueRule, FaultRow, Rank, Words",
        "import About, CueRule, FaultRow, Rank, Reading, Words",
    ),
    (
        "sounds/earcons.py",
        "        # From the top down",
        "        Fault.DAWDLED: _notes((A5, 0.1), (C6, 0.2)),\n        # From the top down",
    ),
    (
        "sounds/earcons.py",
        "        # The hip light goes out",
        "        Fault.DAWDLED: _lights((1, 1, 0, 0.3)),\n        # The hip light goes out",
    ),
    (
        "messages/limits.py",
        '    FATIGUE = "fatigue"\n',
        '    FATIGUE = "fatigue"\n    DAWDLED = "dawdled"\n',
    ),
    (
        "messages/limits.py",
        "    off_mat_n: Annotated[",
        '    dawdled_s: Annotated[float, Range(1, 30, "longer: dawdled")] = 4.0\n'
        "    off_mat_n: Annotated[",
    ),
)
TOY_LIVES = """
from dataclasses import replace
from matfw.control.words import CUE_WORDS
from matfw.cues import Cues
from matfw.judging.live import Faults
from matfw.judging.verdicts import Conditions, judge
from matfw.messages import *
from matfw.sounds.earcons import pattern_s
from tests.judging.test_faults import lacks, ROWS
from tests.judging.test_live_faults import REP

toy = Fault("dawdled")
assert lacks(ROWS[toy]) == [], lacks(ROWS[toy])
live = Faults(Limits(), Tempo(), Side.LEFT)
for lifting_s, expected in ((3.99, []), (4.01, [toy])):
    motion = Motion(t_s=1.0, presence=Presence.LYING, lifting_s=lifting_s)
    step = PhaseStep(t_s=1.0, phase=Phase.UP, changed=False, since_s=0.0)
    assert [seen.fault for seen in live.update(motion, step)] == expected
conditions = Conditions(limits=Limits(), tempo=Tempo(), side=Side.LEFT)
for up_s, expected in ((3.99, []), (4.01, [toy])):
    judgement = judge(replace(REP, up_s=up_s), [], conditions)
    assert [seen.fault for seen in judgement.faults] == expected
    assert judgement.unreported == tuple(expected)
assert Cues().update(0.0, [toy]) is toy is cue_named("dawdled")
assert round(pattern_s(toy), 6) == 0.3
assert CUE_WORDS[toy].sentence == "The leg went up slowly: go on."
print("lives")
"""


def test_a_new_timed_fault_is_its_row_its_earcon_and_its_name_with_its_limit(
    tmp_path: Path,
) -> None:
    package = Path(matfw.__file__).parent
    shutil.copytree(package, tmp_path / "matfw", ignore=shutil.ignore_patterns("__pycache__"))
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "judging").mkdir()
    for name in ("__init__.py", "judging/__init__.py", "judging/test_faults.py",
                 "judging/test_live_faults.py"):  # fmt: skip
        shutil.copy(Path(__file__).parents[1] / name, tests / name)
    for name, old, new in TOY:
        file = tmp_path / "matfw" / name
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is not once in {name}"
        file.write_text(text.replace(old, new), encoding="utf-8")
    assert {name for name, _, _ in TOY} == {
        "judging/faults.py",
        "sounds/earcons.py",
        "messages/limits.py",
    }
    done = subprocess.run(
        [sys.executable, "-c", TOY_LIVES], cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "lives\n", done.stderr
