"""Control on the real loop: consoles ask, the main thread does it between two frames."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from matfw.cli.hardware import virtual_trace
from matfw.console.conversation import Conversation
from matfw.control.api import STEPS_KEPT, Control
from matfw.control.calls import WAITING_LIMIT, MainThreadCalls
from matfw.control.errors import Code, ConsoleError
from matfw.control.status import Notice
from matfw.control.subscriptions import Subscriptions
from matfw.errors import MatError, MatSettingsError
from matfw.judging.habits import own_limits
from matfw.messages import (
    Announcement,
    CellCalibration,
    CueGiven,
    Fault,
    Limits,
    Mat,
    RawFrame,
    RefinedRep,
    Rep,
    Side,
)
from matfw.pipeline import Pipeline
from matfw.recording.background import Recordings
from matfw.recording.file import read_recording
from matfw.service.acquisition import Account
from matfw.service.firmware import Firmware
from matfw.settings.model import NOMINAL
from matfw.settings.state import CellLine
from matfw.settings.store import SettingsStore
from matfw.virtual.clock import VirtualClock
from matfw.virtual.sampling import record
from matfw.workout.plan import Plan
from tests.control.fake_control import GOOD, UNSYNCED, is_answer
from tests.service.test_firmware import Frames, Keeper, Outputs, empty_mat

WAIT_S = 20.0  # the most that a busy computer takes; nothing waits so long


def wait_until(is_so: Callable[[], bool]) -> None:
    end_s = time.monotonic() + WAIT_S
    while not is_so():
        assert time.monotonic() < end_s
        time.sleep(0.002)


def recordings_in(folder: Path) -> functools.partial[Recordings]:
    return functools.partial(Recordings, folder / "recordings", "a test")


class Running:
    """A firmware that goes round in a thread, fast, on the same frames over and over."""

    def __init__(self, folder: Path, seconds: float = 4.0) -> None:
        self.store = SettingsStore(None, folder, UNSYNCED)
        self.volumes: list[float] = []
        self.mat = self.store.settings.mat()
        self.clock = VirtualClock()
        self.control = Control(
            self.store, self.mat, self.clock, recordings_in(folder),
            set_volume=self.volumes.append, account=Account, is_virtual=True, can_restart=True,
        )  # fmt: skip
        self.outputs = Outputs()
        self.keeper = Keeper()
        clock = VirtualClock()
        self._stop = threading.Event()
        source = Endless(empty_mat(seconds), clock, self._stop)
        self.firmware = Firmware(
            Pipeline(self.mat, Plan()), source, self.outputs, clock,
            [self.control], between=self.control.between,
        )  # fmt: skip
        self.ended: list[BaseException] = []
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.firmware.run()
        except (KeyboardInterrupt, MatError) as end:
            self.ended.append(end)

    def end(self) -> None:
        self._stop.set()
        self._thread.join(WAIT_S)
        self.control.close()
        assert not self._thread.is_alive()


class Endless(Frames):
    """Gives the frames again and again, later each time; some thousand a second."""

    def __init__(self, frames: list[RawFrame], clock: VirtualClock, stop: threading.Event) -> None:
        super().__init__(frames, clock)
        self._stop = stop
        self._laps = (
            replace(frame, t_s=frame.t_s + lap * (frames[-1].t_s + 1 / 80))
            for lap in count()
            for frame in frames
        )

    def next_frame(self, timeout_s: float) -> RawFrame:  # noqa: ARG002
        if self._stop.is_set():
            raise KeyboardInterrupt
        time.sleep(0.0002)  # lets the other threads have the interpreter
        return next(self._laps)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path)
    yield running
    running.end()


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


def test_frames_reach_a_recording_that_can_be_read(running: Running) -> None:
    status = running.control.recordings.start("one")
    with pytest.raises(ConsoleError, match="record stop"):
        running.control.recordings.start("two")
    wait_until(lambda: (now := running.control.status().recording) is not None and now.frames > 200)
    done = running.control.recordings.stop()
    frames = list(read_recording(Path(status.path)).frames())
    assert len(frames) == done.frames > 200
    assert done.dropped == 0
    with pytest.raises(ConsoleError, match="exists and is not overwritten") as refused:
        running.control.recordings.start("one")
    assert refused.value.code is Code.FILE_EXISTS
    with pytest.raises(ConsoleError, match="nothing is being recorded"):
        running.control.recordings.stop()


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "-x", "a b", "x" * 61, "ü"])
def test_a_recordings_name_is_no_path(running: Running, name: str) -> None:
    with pytest.raises(ConsoleError, match="NAME must be") as refused:
        running.control.recordings.start(name)
    assert refused.value.code is Code.ARGUMENT_WRONG


def test_a_recording_that_cannot_be_made_says_why(running: Running, tmp_path: Path) -> None:
    (tmp_path / "recordings").write_text("a file where the folder is to be")
    with pytest.raises(ConsoleError, match="cannot write the recording") as refused:
        running.control.recordings.start("one")
    assert refused.value.code is Code.FILE_REFUSED


def test_a_recording_that_ends_by_itself_is_reported_and_kept(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matfw.recording.background.LIMIT_S", 0.5)
    subscription = running.control.notifications.open()
    others = set(threading.enumerate())
    path = Path(running.control.recordings.start("one").path)
    reported: list[Notice] = []

    def is_reported() -> bool:
        reported.extend(event for event in subscription.drain() if isinstance(event, Notice))
        return bool(reported)

    wait_until(is_reported)
    assert running.control.status().recording is None
    assert [event.event for event in reported] == ["recording"]
    assert "are the longest there is" in reported[0].text
    with pytest.raises(ConsoleError, match="it had ended at"):
        running.control.recordings.stop()
    wait_until(lambda: set(threading.enumerate()) <= others)
    assert len(list(read_recording(path).frames())) >= 40
    assert running.control.recordings.start("two").name == "two.csv.gz"


def test_a_full_disk_refuses_a_recording(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matfw.recording.background.FREE_BYTES", 10**18)
    with pytest.raises(ConsoleError, match="must be left over") as refused:
        running.control.recordings.start("one")
    assert refused.value.code is Code.FILE_REFUSED


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


# --- workouts -------------------------------------------------------------------------------------

EXCURSION = RefinedRep(
    start_s=10.0,
    top_s=11.2,
    lower_s=13.1,
    end_s=15.0,
    up_s=2.0,
    hold_s=1.0,
    down_s=3.0,
    angle_deg=38.0,
    front_shift_mm=0.0,
)
STOP_S, START_S, END_S = 30.0, 55.0, 75.0


def quiet_control(folder: Path, mat: Mat) -> Control:
    return Control(
        SettingsStore(None, folder), mat, VirtualClock(), recordings_in(folder),
        set_volume=lambda _: None, account=Account,
    )  # fmt: skip


def test_sets_and_rests_are_reported_to_every_console(tmp_path: Path) -> None:
    plan = Plan(reps=2, sets=2, rest_s=40.0)
    mat = SettingsStore(None, tmp_path).settings.mat()
    control, line, clock = quiet_control(tmp_path, mat), Pipeline(mat, plan), VirtualClock()
    firmware = Firmware(line, Frames([], clock), Outputs(), clock)
    # What a start would give: settings that ask for this plan.
    control.settings.set("workout.reps", "2")
    control.settings.set("workout.sets", "2")
    control.settings.set("workout.rest_s", "40")
    subscription = control.notifications.open()
    notices: list[tuple[float, str]] = []
    ends_s = {16.0: 15.0, 24.0: 23.0, 80.0: 79.0, 88.0: 87.0}
    for frame in empty_mat(100.0, 10.0):
        end_s = ends_s.get(frame.t_s)
        if end_s is not None:
            line.finish_reps(frame.t_s, [replace(EXCURSION, start_s=end_s - 5.0, end_s=end_s)])
        control.step(line.update(frame))
        control.between(firmware)
        notices += [(frame.t_s, e.text) for e in subscription.drain() if isinstance(e, Notice)]
    assert notices[1:] == [  # the first is that it is not calibrated
        (24.0, "set 1 of 2 is done: rest, 39 s"),
        (33.0, "rest: 30 s left"),
        (53.0, "rest: 10 s left"),
        (63.0, "the rest is over: set 2 of 2"),
        (88.0, "set 2 of 2 is done, that was the last"),
    ]
    assert control.status().is_workout_done
    control.close()


@pytest.mark.parametrize(
    ("damage", "is_calibrated", "words"),
    [
        (False, True, None),
        (False, False, "not calibrated: head_left"),
        (True, True, "state.toml.bak"),
        (True, False, "there is no good backup"),
    ],
)
def test_a_damaged_or_uncalibrated_start_is_heard_seen_and_written_once(
    damage: bool, is_calibrated: bool, words: str | None, tmp_path: Path
) -> None:
    store = SettingsStore(None, tmp_path)
    if is_calibrated:
        cells = store.settings.mat().cells
        line = CellLine(tare_counts=0.0, counts_per_kg=42_000.0)
        store.save_calibration({cell.name: line for cell in cells}, note="a test")
        store.save_pin_hash(None)  # so that the backup is calibrated too
    if damage:
        (tmp_path / "state.toml").write_bytes(bytes(400))
    store = SettingsStore(None, tmp_path)
    mat, clock, outputs = store.settings.mat(store.state), VirtualClock(), Outputs()
    control = Control(
        store, mat, clock, recordings_in(tmp_path), set_volume=lambda _: None, account=Account
    )
    firmware = Firmware(
        Pipeline(mat), Frames(empty_mat(2.0), clock), outputs, clock, [control],
        between=control.between,
    )  # fmt: skip
    subscription = control.notifications.open()
    firmware.run(1.5)
    notices = [e.text for e in subscription.drain() if isinstance(e, Notice)]
    if words is None:
        assert (outputs.shown, notices) == ([], [])
    else:
        assert [cue for _, cue in outputs.shown] == [Announcement.SEE_CONSOLE]
        assert len(notices) == 1
        assert words in notices[0]
    assert len(control.status().notices) == damage
    control.close()


def test_nothing_is_judged_nor_cued_while_stopped(tmp_path: Path) -> None:
    trace = virtual_trace("demo", "core4", Side.LEFT)
    mat = replace(SettingsStore(None, tmp_path).settings.mat(), side=Side.LEFT, person=trace.person)
    frames = [frame for frame in record(trace, mat, 7) if frame.t_s < END_S]
    control, clock, keeper = quiet_control(tmp_path, mat), VirtualClock(), Keeper()
    times = iter([STOP_S, START_S])
    change_s = next(times)

    def between(firmware: Firmware) -> None:
        nonlocal change_s
        control.between(firmware)
        if keeper.steps and keeper.steps[-1].raw.t_s >= change_s:
            change_s = next(times, END_S)
            (firmware.pause if firmware.is_judging else firmware.resume)("stop")

    line = Pipeline(mat, Plan())
    firmware = Firmware(line, Frames(frames, clock), Outputs(), clock, [keeper], between=between)
    firmware.run(frames[-1].t_s)
    cues_s = [event.t_s for event in keeper.seen if isinstance(event, CueGiven)]
    reps_s = [event.start_s for event in keeper.seen if isinstance(event, Rep)]
    assert not [t_s for t_s in cues_s if STOP_S + 0.1 < t_s < START_S]
    assert not [t_s for t_s in reps_s if STOP_S < t_s < START_S - 10.0]
    for reported_s in (cues_s, reps_s):
        assert any(t_s < STOP_S for t_s in reported_s)
        assert any(t_s > START_S for t_s in reported_s)
    control.close()


# --- subscriptions and calls


def test_a_subscription_that_nobody_drains_keeps_the_newest_and_counts() -> None:
    subscriptions: Subscriptions[int] = Subscriptions(STEPS_KEPT)
    subscription = subscriptions.open()
    for number in range(1000):
        subscriptions.put(number)
    assert subscription.dropped == 1000 - STEPS_KEPT
    assert subscription.drain() == list(range(1000 - STEPS_KEPT, 1000))
    subscription.close()
    subscription.close()
    subscriptions.put(1)
    assert (subscription.drain(), len(subscriptions)) == ([], 0)


def test_subscriptions_opened_and_closed_by_many_threads_are_all_given_back() -> None:
    subscriptions: Subscriptions[int] = Subscriptions(STEPS_KEPT)

    def come_and_go() -> None:
        for _ in range(500):
            subscription = subscriptions.open()
            subscriptions.put(1)
            subscription.close()

    threads = [threading.Thread(target=come_and_go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_S)
    assert len(subscriptions) == 0


def test_calls_are_bounded_and_an_error_comes_back() -> None:
    calls: MainThreadCalls[list[int]] = MainThreadCalls()
    done: list[int] = []
    results: list[object] = []

    def ask(number: int) -> None:
        try:
            calls.call(lambda subject: subject.append(1 // number))
        except (ConsoleError, ZeroDivisionError) as error:
            results.append(error)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(WAITING_LIMIT)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(calls._waiting) == WAITING_LIMIT)
    with pytest.raises(ConsoleError, match="changes wait already"):
        calls.call(done.append)  # type: ignore[arg-type]
    for _ in range(WAITING_LIMIT):
        calls.do_one(done)
    for thread in threads:
        thread.join(WAIT_S)
    assert len(done) == WAITING_LIMIT - 1
    assert [type(error) for error in results] == [ZeroDivisionError]
    calls.do_one(done)


def test_a_call_that_nobody_does_is_withdrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: MainThreadCalls[list[int]] = MainThreadCalls()
    done: list[int] = []
    monkeypatch.setattr("matfw.control.calls.ANSWER_LIMIT_S", 0.01)
    with pytest.raises(ConsoleError, match="nothing was done"):
        calls.call(lambda subject: subject.append(1))
    calls.do_one(done)
    assert done == []
