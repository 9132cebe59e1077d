"""DESIGN.md's recipes are true: each names the files that a toy one touches, and the toy works.

The toys of a fault and of a setting are played in `judging/test_faults.py` and
`settings/test_new_setting.py`; those of a command and of a sound are played here.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.judging.test_faults import TOY as FAULT
from tests.settings.test_new_setting import CASES as SETTINGS
from tests.test_docs import DESIGN, ROOT, section


class Change(NamedTuple):
    """In a file of the package, one text put in another's place."""

    file: str
    old: str
    new: str


READING_COMMAND = (
    Change(
        "console/mat_commands.py",
        "COMMANDS = (\n",
        '''def weight(context: Context, _: Values) -> Answer:
    """Say what the person weighs."""
    weight_kg = context.control.status().weight_kg
    return reply("nobody was weighed" if weight_kg is None else f"{weight_kg:g} kg",
                 weight_kg=weight_kg)


COMMANDS = (
    Command("weight", MAT, "what the person weighs", weight),
''',
    ),
)
READING_LIVES = """
from pathlib import Path
from matfw.console.commands import COMMANDS, TABLE
from matfw.console.help_commands import readme_table
from matfw.messages import Presence
from tests.control.fake_control import Talk

talk = Talk(Path("state"))
assert talk.ask("weight") == ["nobody was weighed", "ok"]
talk.control.put(Presence.LYING, 64.0)
assert talk.ask("weigh") == ["64 kg", "ok"]
talk.ask("mode json")
assert talk.json('{"id": 1, "command": "weight"}')["result"] == {"weight_kg": 64.0}
assert "| `weight` | what the person weighs |" in readme_table(COMMANDS)
assert TABLE.complete(talk.control, "we") == ["weight"]
talk.close()
print("lives")
"""

ACTING_COMMAND = (
    Change(
        "control/api.py",
        "    def stop(self) -> None:\n",
        '''    def hush(self) -> None:
        """Do not judge until `start`, and begin the workout again then."""

        def work(firmware: RunningFirmware) -> None:
            firmware.line.begin_workout()
            firmware.pause(STOPPED)

        self._call(work)

    def stop(self) -> None:
''',
    ),
    Change(
        "console/workout_commands.py",
        "COMMANDS = (\n",
        '''def hush(context: Context, _: Values) -> Answer:
    """End the workout."""
    context.control.hush()
    return reply("the workout is over")


COMMANDS = (
    Command("hush", WORKOUT, "end the workout", hush, is_guarded=True),
''',
    ),
)
ACTING_LIVES = """
from pathlib import Path
from tests.control.fake_control import Talk

talk = Talk(Path("state"))
assert talk.ask("hush") == ["the workout is over", "ok"]
assert not talk.control.firmware.is_judging
assert talk.ask("start")[-1] == "ok"
assert talk.control.firmware.is_judging
talk.ask("lock 1234")
assert talk.ask("hush")[-1].startswith("error E6")
assert talk.control.firmware.is_judging
talk.close()
print("lives")
"""

SOUND = (
    Change(
        "messages/cues.py",
        '    SET_DONE = "set_done", False\n',
        '    SET_DONE = "set_done", False\n    HALFWAY = "halfway", True  # half of the set\n',
    ),
    Change(
        "cues.py",
        "        Announcement.READY: CueRule(",
        "        Announcement.HALFWAY: CueRule(40, Rank.PLAIN, 0.5, 2.0, 5.0),\n"
        "        Announcement.READY: CueRule(",
    ),
    Change(
        "sounds/earcons.py",
        "        # A rising third.\n",
        "        Announcement.HALFWAY: _notes((C6, 0.1), (C7, 0.1)),\n        # A rising third.\n",
    ),
    Change(
        "sounds/earcons.py",
        "        # Dim, then bright.\n",
        "        Announcement.HALFWAY: _lights((1, 1, 0, 0.3)),\n        # Dim, then bright.\n",
    ),
    Change(
        "control/words.py",
        "        Announcement.SET_DONE: Words(",
        '        Announcement.HALFWAY: Words("halfway", "Half of the set is done"),\n'
        "        Announcement.SET_DONE: Words(",
    ),
    Change(
        "workout/stage.py",
        "        if progress.is_set_done:\n",
        "        if 2 * progress.rep == progress.reps_per_set:\n"
        "            cues.append(Announcement.HALFWAY)\n"
        "        if progress.is_set_done:\n",
    ),
)
SOUND_LIVES = """
from matfw.control.words import CUE_WORDS
from matfw.cues import Cues
from matfw.messages import CUES, RawFrame, cue_named
from matfw.pipeline import Pipeline
from matfw.sounds.earcons import lights_at, pattern_s, tone_at
from matfw.workout.plan import Plan
from tests.judging.test_live_faults import REP
from tests.rigs import counting_mat

toy = cue_named("halfway")
assert toy in CUES and CUE_WORDS[toy].sentence == "Half of the set is done."
assert round(pattern_s(toy), 6) == 0.3 and tone_at(toy, 0.05) and lights_at(toy, 0.05)[0] == 1
def counts(i): return i % 7, i * 3 % 11, i * 5 % 13, i * 2 % 9
line = Pipeline(counting_mat(4), Plan(reps=2))
line.finish_reps(16.0, [REP])
given = [
    step.cue
    for step in (line.update(RawFrame(16.0 + i / 80, counts(i))) for i in range(200))
    if step.cue is not None
]
assert toy in given, given
assert Cues().update(0.0, [toy], can_judge=False) is None
print("lives")
"""
UNDECIDED = (
    Change(
        "messages/cues.py", '    SET_DONE = "set_done", False\n', '    SET_DONE = "set_done"\n',
    ),
)  # fmt: skip

TOYS = {
    "a command that reads": (READING_COMMAND, READING_LIVES),
    "a command that acts": (ACTING_COMMAND, ACTING_LIVES),
    "a sound": (SOUND, SOUND_LIVES),
}


def copy_with(changes: Sequence[Change], folder: Path) -> None:
    """Copy the package, with these changes, and the tests' own parts that play it."""
    # What is compiled already need not be compiled again: the files keep their times.
    left_out = shutil.ignore_patterns("*-pytest-*.pyc")
    for name in ("matfw", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=left_out)
    for file, old, new in changes:
        path = folder / "matfw" / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is not once in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_sound_of_which_it_is_not_said_whether_it_is_of_judging_is_none(tmp_path: Path) -> None:
    copy_with(UNDECIDED, tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", "import matfw.messages"], cwd=tmp_path, capture_output=True,
        text=True, check=False, env=os.environ | {"PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert "missing 1 required positional argument: 'is_of_judging'" in done.stderr


@pytest.mark.parametrize("toy", TOYS)
def test_a_toy_lives_by_the_files_it_touches(toy: str, tmp_path: Path) -> None:
    changes, lives = TOYS[toy]
    copy_with(changes, tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", lives], cwd=tmp_path, capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert done.stdout == "lives\n", done.stderr


@pytest.mark.parametrize(
    ("recipe", "files"),
    [
        ("### Add a fault", {file for file, _, _ in FAULT}),
        ("### Add a setting", {file for (file, _), *_ in SETTINGS.values()}),
        ("### Add a command", {c.file for c in (*READING_COMMAND, *ACTING_COMMAND)}),
        ("### Add a sound", {c.file for c in SOUND}),
    ],
)
def test_a_recipe_names_exactly_the_files_that_its_toy_touches(
    recipe: str, files: set[str]
) -> None:
    assert set(re.findall(r"`([\w/]+\.py)`", section(DESIGN, recipe))) == files
