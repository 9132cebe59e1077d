"""Control on the real loop: consoles ask, the main thread does it between two frames."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from matfw.console.conversation import Conversation
from matfw.control.api import Control
from matfw.control.errors import Code, ConsoleError
from matfw.errors import MatSettingsError
from matfw.judging.habits import own_limits
from matfw.messages import CellCalibration, Fault, Limits, Side
from matfw.service.acquisition import Account
from matfw.settings.model import NOMINAL
from matfw.settings.state import CellLine
from matfw.settings.store import SettingsStore
from matfw.virtual.clock import VirtualClock
from tests.control.fake_control import GOOD, UNSYNCED, is_answer
from tests.control.running import Running, recordings_in, wait_until


def test_a_setting_reaches_the_line_between_two_frames(running: Running) -> None:
    running.control.settings.set("limits.roll_back_mm", "40")
    running.control.settings.set("workout.reps", "9")
    wait_until(lambda: running.firmware.line.mat.limits.roll_back_mm == 40.0)
    wait_until(lambda: running.firmware.line.progress.reps_per_set == 9)
    running.control.settings.revert()
    wait_until(lambda: running.firmware.line.mat.limits.roll_back_mm == 13.0)


@pytest.mark.parametrize(("is_virtual", "side"), [(False, Side.UNKNOWN), (True, Side.RIGHT)])
def test_a_side_that_is_unset_is_unknown_but_to_the_virtual_person(
    is_virtual: bool, side: Side, tmp_path: Path
) -> None:
    mat = replace(SettingsStore(None, tmp_path).settings.mat(), side=Side.RIGHT)
    control = Control(
        SettingsStore(None, tmp_path, UNSYNCED), mat, VirtualClock(), recordings_in(tmp_path),
        set_volume=lambda _: None, account=Account, is_virtual=is_virtual,
    )  # fmt: skip
    control.settings.set("workout.side", "left")
    assert control.mat().side is Side.LEFT
    control.settings.set("workout.side", "unknown")
    assert control.mat().side is side


def test_a_refused_setting_reaches_nothing(running: Running) -> None:
    line = running.firmware.line.mat
    with pytest.raises(MatSettingsError, match=r"1 to 200.*nothing was changed"):
        running.control.settings.set("limits.roll_back_mm", "400")
    assert running.control.mat() == line


def test_wiring_waits_for_the_next_start(running: Running) -> None:
    running.control.settings.set("layout", "hex6")
    running.control.settings.set("workout.reps", "8")
    wait_until(lambda: running.firmware.line.progress.reps_per_set == 8)
    assert running.firmware.line.mat.layout == "core4"
    assert len(running.firmware.line.mat.cells) == 4


def test_three_good_repetitions_move_this_persons_limits(running: Running) -> None:
    with pytest.raises(ConsoleError, match="at least 3") as refused:
        running.control.learn(None)
    assert refused.value.code is Code.NOT_LEARNED
    running.control.settings.set("workout.side", "left")
    running.control.events([replace(GOOD, rep=number) for number in (1, 2, 3, 4)])
    habits = running.control.learn(None)
    own = own_limits(Limits(), habits)
    assert own.leg_forward_mm > Limits().leg_forward_mm
    wait_until(lambda: running.firmware.line.mat.limits == own)
    running.control.settings.forget_habits()
    wait_until(lambda: running.firmware.line.mat.limits == Limits())


def test_nothing_is_learned_of_an_unknown_side(running: Running) -> None:
    running.control.events([replace(GOOD, side=Side.UNKNOWN)] * 3)
    with pytest.raises(ConsoleError, match="`side left` or `side right` first"):
        running.control.learn(None)


def test_a_calibration_reaches_the_line_and_is_kept(running: Running, tmp_path: Path) -> None:
    line = CellLine(tare_counts=77.0, counts_per_kg=41_000.0)
    running.control.save_calibration({"head_left": line}, "a test")
    expected = CellCalibration(77.0, 41_000.0)
    wait_until(lambda: running.firmware.line.mat.calibration[0] == expected)
    assert running.firmware.line.mat.calibration[1] == NOMINAL
    assert SettingsStore(None, tmp_path).state.calibration["head_left"] == line


def test_volume_and_mute_reach_the_buzzer(running: Running) -> None:
    running.control.settings.set("outputs.volume_percent", "40")
    wait_until(lambda: running.volumes == [0.4])
    running.control.settings.set("outputs.mute", "on")
    wait_until(lambda: running.volumes == [0.4, 0.0])
    assert running.control.status().is_muted


def test_stop_start_and_a_cue_are_done_by_the_main_thread(running: Running) -> None:
    running.control.stop()
    assert not running.firmware.is_judging
    assert not running.control.status().is_judging
    hold = running.control.take_mat("tare", "one")
    with pytest.raises(ConsoleError, match="tare is under way on link one"):
        running.control.start(from_first_set=True)
    running.control.give_mat(hold)
    assert not running.firmware.is_judging, "what was refused has changed nothing"
    running.control.start(from_first_set=True)
    assert running.firmware.is_judging
    running.control.cue(Fault.KICK)
    assert [cue for _, cue in running.outputs.shown] == [Fault.KICK]


def test_only_one_may_measure(running: Running) -> None:
    hold = running.control.take_mat("calibrate", "one")
    with pytest.raises(ConsoleError, match="calibrate is under way on link one"):
        running.control.take_mat("tare", "two")
    running.control.give_mat(hold)
    running.control.give_mat(running.control.take_mat("tare", "two"))


def test_the_pin_outlives_a_restart_as_a_hash(running: Running, tmp_path: Path) -> None:
    running.control.lock.set_pin("2468")
    assert running.control.lock.is_locked
    assert "2468" not in (tmp_path / "state.toml").read_text()
    again = Control(
        SettingsStore(None, tmp_path), running.mat, VirtualClock(), recordings_in(tmp_path),
        set_volume=running.volumes.append, account=Account,
    )  # fmt: skip
    assert again.lock.is_locked
    with pytest.raises(ConsoleError, match="wrong PIN"):
        again.lock.unlock("1111")
    again.lock.unlock("2468")
    assert not again.lock.is_locked


def test_a_restart_ends_the_loop_with_a_sentence(running: Running) -> None:
    running.control.restart()
    running.clock.advance_s(10.0)
    wait_until(lambda: bool(running.ended))
    assert "a console asked for a restart" in str(running.ended[0])


def test_a_conversation_tares_on_the_real_loop(running: Running) -> None:
    """Its clock is real, its frames come faster than that."""
    lines = {c.name: CellLine(tare_counts=0.0, counts_per_kg=42_950.0) for c in running.mat.cells}
    running.control.save_calibration(lines, "a test")
    wait_until(lambda: running.control.status().load_kg is not None)  # the first frame
    replies: list[str] = []
    talk = Conversation(running.control, replies.append, now_s=time.monotonic)
    talk.line("tare")

    def is_over() -> bool:
        talk.poll()
        return any(map(is_answer, replies))

    wait_until(is_over)
    assert replies[-1] == "ok"
    means = [line.tare_counts for line in running.control.settings.state.calibration.values()]
    assert means == pytest.approx([3.0, 2.0, 1.0, 3.0], abs=0.3)
    talk.close()
    assert running.firmware.is_judging


def test_an_ended_firmware_refuses_at_once(tmp_path: Path) -> None:
    running = Running(tmp_path)
    running.end()
    with pytest.raises(ConsoleError, match="matfw is ending") as refused:
        running.control.stop()
    assert refused.value.code is Code.NOT_TAKEN
