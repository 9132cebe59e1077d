"""Sets, rests and trouble are reported to every console; while stopped nothing is judged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from matfw.cli.hardware import virtual_trace
from matfw.control.api import Control
from matfw.control.status import Notice
from matfw.messages import Announcement, CueGiven, Mat, RefinedRep, Rep, Side
from matfw.pipeline import Pipeline
from matfw.service.acquisition import Account
from matfw.service.firmware import Firmware
from matfw.settings.state import CellLine
from matfw.settings.store import SettingsStore
from matfw.virtual.clock import VirtualClock
from matfw.virtual.sampling import record
from matfw.workout.plan import Plan
from tests.control.running import recordings_in
from tests.service.loop import Frames, Keeper, Outputs, empty_mat

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
