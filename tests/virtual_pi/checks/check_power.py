"""The plug is pulled while settings are saved and while somebody lifts their leg.

One cut of the running machine, and many more made of the log of its writes (power_cut.py).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

import pytest

from matfw.messages import Announcement
from matfw.settings.state_file import read_state
from matfw.testing.lifter import Lifter
from tests.virtual_pi.pi import STATE, Said, VirtualPi
from tests.virtual_pi.power_cut import Cut, DiskAfterCut, files_of
from tests.virtual_pi.rack import Rack

SAVED_REPS = (21, 22, 23)  # what is saved, one after the other
LAST_REPS = 24  # under way when the plug is pulled
CUTS = 2  # moments within each save
SURVIVES = (0.0, 0.5)  # what share of the blocks that were not flushed is there after a cut
NEVER_FLUSHED = "/root/never_flushed"
# What says that a repetition is over, in a workout that is led and in one that is not.
REP_SOUNDS = (Announcement.COUNT, Announcement.REP, Announcement.UNSURE)
LIMIT_S = 60.0  # guest time until a repetition has been announced and the next one begun


@dataclass(frozen=True, slots=True)
class Save:
    """The state's file before and after, and how many writes had been made by then."""

    before: bytes
    after: bytes
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Pulled:
    """What was there when the plug was pulled."""

    saves: list[Save]
    announced: int  # repetitions
    disk: DiskAfterCut


@pytest.fixture(scope="module")
def pulled(rack: Rack) -> Pulled:
    """Save, tare, lift, and pull the plug in the middle of the second lift and of a save."""
    pi = rack.shared()
    pi.clear()
    pi.wait_ready()
    pi.know_cells()
    saves = []
    for reps in SAVED_REPS:
        pi.console.ask("set", "workout.reps", reps)
        saves.append(_save(rack, pi, "save"))
    saves.append(_save(rack, pi, "tare"))
    pi.console.ask("side", "left")
    start_s = pi.play(Lifter().lift(2).trace(pi.mat.cells))
    events = pi.wait_events(start_s, _is_in_the_second, "second lift", LIMIT_S)
    pi.console.ask("set", "workout.reps", LAST_REPS)
    pi.machine.write(NEVER_FLUSHED, "x" * 100_000)
    pi.console.begin("save")  # not waited for
    rack.cut_power()
    return Pulled(saves, _announced(events), rack.after_cut())


def test_a_cut_in_mid_save_leaves_the_old_state_or_the_new_one(
    pulled: Pulled, tmp_path: Path
) -> None:
    lost = 0
    for save in pulled.saves:
        assert save.before != save.after
        for number, survives in itertools.product(range(CUTS), SURVIVES):
            position = save.first + (save.last - save.first) * (number + 1) // (CUTS + 1)
            cut = pulled.disk.cut(position, survives, seed=position)
            lost += cut.lost_blocks
            assert _state(cut, tmp_path / "kept") in (save.before, save.after)
        answered = pulled.disk.cut(save.last, survives=0.0, seed=0)
        assert _state(answered, tmp_path / "kept") == save.after, "what is answered is there"
    assert lost, "the cuts have lost nothing: they show nothing"


def _state(cut: Cut, into: Path) -> bytes:
    """Return the state's file after a cut; it is whole, and no backup is needed."""
    kept = files_of(cut.disk, (STATE, f"{STATE}.bak"), into)
    assert not read_state(kept).notices
    return (kept / "state.toml").read_bytes()


def test_a_cut_in_mid_set_leaves_what_was_announced_and_it_goes_on(
    pulled: Pulled, rack: Rack
) -> None:
    assert pulled.announced >= 1
    cut = pulled.disk.cut(len(rack.writes.entries()), SURVIVES[1], seed=1)
    pi = rack.boot(cut.disk)
    pi.wait_ready()
    assert pi.machine.run("test", "-s", NEVER_FLUSHED).code, "it lost nothing: it shows nothing"
    assert pi.console.ask("status")["reps"] in (SAVED_REPS[-1], LAST_REPS)
    assert not [line for line in pi.journal() if "state.toml" in line]
    session = pi.console.ask("history")["sessions"][-1]
    assert session["reps"] >= pulled.announced
    offered = [line for line in pi.journal() if "was interrupted" in line]
    assert f"session {session['session']} " in offered[0]
    assert pi.console.ask("resume")["reps"] == session["reps"]
    pi.console.ask("factory", "workout.reps")
    pi.console.ask("save")


def _save(rack: Rack, pi: VirtualPi, command: str) -> Save:
    before, first = pi.machine.read(STATE), len(rack.writes.entries())
    pi.console.ask(command)
    last = len(rack.writes.entries())  # what is answered has been flushed
    return Save(before, pi.machine.read(STATE), first, last)


def _announced(events: list[Said]) -> int:
    return sum(event.kind == "cue" and event.what.startswith(REP_SOUNDS) for event in events)


def _is_in_the_second(events: list[Said]) -> bool:
    ups = [event for event in events if event.kind == "phase" and event.what == "up"]
    return _announced(events) >= 1 and len(ups) >= 2
