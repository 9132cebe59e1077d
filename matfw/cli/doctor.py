"""`matfw doctor`: the computer, the settings, then ten seconds of the mat; put together here.

Real and virtual cells, the pins and the console's socket come in through this module alone; the
checks themselves (matfw/diagnose) know none of them. Where a firmware already has the pins, it is
asked for the cells instead.
"""

# ruff: noqa: PLC0415  # nothing heavy before it is needed

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from matfw.calibrate.guide import Place
from matfw.cli.running_firmware import ask_firmware, asked_check, reported, service_checks
from matfw.diagnose.checks import Check, Computer, State
from matfw.errors import MatError
from matfw.settings.calibration_date import age
from matfw.settings.model import Settings
from matfw.settings.state import MachineState

if TYPE_CHECKING:
    from matfw.diagnose import Diagnosis
    from matfw.diagnose.presses import Press
    from matfw.messages import Mat, RawFrame
    from matfw.ports import LoadCells, ReaderStats

LOOK_S = 10.0
PRESS_START_S, PRESS_S, PRESS_PAUSE_S = 3.0, 1.5, 1.5  # the hand needs time to the next corner
ACCOUNT_S = 1.5  # the reader's account is at most so old
VIRTUAL_PRESS_KG = 15.0
NO_PINS = "not a Raspberry Pi, so there are no cells to look at"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Doctor:
    """What is to be looked at, and with what.

    config, state_dir: as given to the verb. say: for what comes before the report, as "press on
    head_left now". sockets: where a firmware that runs may be asked.
    """

    config: Path | None
    state_dir: Path
    sockets: Sequence[Path]
    build: Callable[[Settings], LoadCells]
    find_chip: Callable[[Settings], int]
    say: Say
    is_virtual: bool = False
    is_pressed: bool = False
    computer: Computer = field(default_factory=Computer)

    def look(self) -> Report:
        """Look at everything. Raises nothing for what is wrong: that is the report."""
        asked = None if self.is_virtual else ask_firmware(self.sockets, self.say)
        if asked is not None:
            return self._of_firmware(asked)
        settings, checks, state, notices, note = self._settings()
        checks += self._system(settings, state, notices, note)
        if any(check.name == "settings" and check.state is State.BAD for check in checks):
            cells = Check("cells", State.UNKNOWN, "the settings say which, and they are wrong")
            return Report(checks, cells, is_virtual=self.is_virtual)
        return self._cells(settings, state, checks)

    def _settings(
        self,
    ) -> tuple[Settings, list[Check], MachineState, tuple[str, ...], str | None]:
        from matfw.settings.store import SettingsStore

        try:
            store = SettingsStore(self.config, self.state_dir)
        except MatError as error:
            check = Check("settings", State.BAD, str(error).rstrip("."))
            return Settings(), [check], MachineState(), (), None
        where = str(self.config) if self.config else "no file, all defaults"
        check = Check("settings", State.OK, f"{where}; layout {store.settings.layout}")
        note = store.state.notes.get("calibration")
        return store.settings, [check], store.state, tuple(store.notices), note

    def _system(
        self, settings: Settings, state: MachineState, notices: Sequence[str], note: str | None
    ) -> list[Check]:
        from matfw.devices.serial_getty import getty_on
        from matfw.diagnose import system

        computer = self.computer
        return [
            *self._common(),
            system.check_pins(computer, settings.named_pins()),
            system.check_chip(computer, lambda: self.find_chip(settings)),
            system.check_groups(computer, settings),
            system.check_getty(computer, settings.console.ports, getty_on),
            system.check_disk(computer, self.state_dir),
            system.check_state(notices, settings.uncalibrated(state), note, datetime.now(UTC)),
        ]

    def _common(self) -> list[Check]:
        """Return what is the same for whoever asks."""
        from matfw.diagnose import system

        computer = self.computer
        return [
            system.check_computer(computer),
            system.check_python(sys.version_info[:2], system.installed, is_pi=computer.is_pi),
            system.check_clock(computer),
            system.check_power(computer),
            system.check_service(computer),
        ]

    def _of_firmware(self, asked: dict[str, object]) -> Report:
        """Report on the firmware that runs, by its own settings: it has the pins."""
        service = asked.get("service")
        checks = [*self._common(), *service_checks(self.computer, service)]
        return Report(
            checks, asked_check(asked), asked=asked, is_virtual=asked.get("virtual") is True
        )

    def _cells(self, settings: Settings, state: MachineState, checks: list[Check]) -> Report:
        from matfw.diagnose import analyse

        mat = settings.mat(state)
        report = Report(checks, Check("cells", State.OK, ""), is_virtual=self.is_virtual)
        if (
            not self.is_virtual
            and not self.computer.is_pi
            and any(check.name == "gpio chip" and check.state is State.UNKNOWN for check in checks)
        ):
            return replace(report, cells=Check("cells", State.UNKNOWN, NO_PINS))
        try:
            frames, stats, presses = self._frames(settings, mat)
            diagnosis = analyse(
                frames, stats, mat, uncalibrated=settings.uncalibrated(state), presses=presses
            )
        except MatError as error:
            why = str(error).rstrip(".")
            check = Check("cells", State.BAD, why, place=Place.SYSTEM)
            return replace(report, cells=check)
        checks.append(_zero_check(diagnosis, settings.uncalibrated(state), state))
        return replace(report, cells=_cells_check(diagnosis), diagnosis=diagnosis)

    def _frames(
        self, settings: Settings, mat: Mat
    ) -> tuple[list[RawFrame], ReaderStats, list[Press]]:
        names = [cell.name for cell in mat.cells] if self.is_pressed else []
        if self.is_virtual:
            return virtual_frames(mat, names)
        return real_frames(partial(self.build, settings), names, self.say)


@dataclass(frozen=True, slots=True)
class Report:
    """What came out. asked: the firmware's own answer, where it had the pins."""

    checks: Sequence[Check]
    cells: Check
    diagnosis: Diagnosis | None = None
    asked: dict[str, object] | None = None
    is_virtual: bool = False

    @property
    def is_fine(self) -> bool:
        """Return whether nothing is bad."""
        return all(check.state is not State.BAD for check in (*self.checks, self.cells))

    def as_lines(self) -> list[str]:
        """Return the report for people: what is wrong stands out, and says what to do."""
        checks = [*self.checks, self.cells]
        width = max(len(check.name) for check in checks)
        lines = [f"{c.state.value:<8}{c.name:<{width}}  {c.sentence}" for c in checks]
        if self.diagnosis is not None:
            from matfw.diagnose.report import as_lines

            lines += ["", *as_lines(self.diagnosis)]
        elif self.asked is not None:
            lines += ["", *reported(self.asked)]
        if self.is_virtual:
            lines.insert(0, "VIRTUAL cells: a simulated mat, no pin is touched.")
        return lines

    def as_json(self) -> bytes:
        """Return the report as one JSON object."""
        cells: object = self.asked
        if self.diagnosis is not None:
            from matfw.diagnose.report import as_data

            cells = as_data(self.diagnosis)
        data = {
            "ok": self.is_fine,
            "virtual": self.is_virtual,
            "checks": [
                {
                    "check": check.name,
                    "state": check.state.value,
                    "why": check.why,
                    "do": check.do or None,
                    "see": check.place.value.heading if check.place else None,
                }
                for check in (*self.checks, self.cells)
            ],
            "diagnosis": cells,
        }
        return msgspec.json.encode(data)


def real_frames(
    build: Callable[[], LoadCells], names: Sequence[str], say: Say
) -> tuple[list[RawFrame], ReaderStats, list[Press]]:
    """Return ten seconds of frames, the reader's account of them, and who was to press when.

    names: the corners to have pressed, in this order; none: nobody is to press. Raises MatError.
    """
    from matfw.diagnose.presses import Press
    from matfw.service.acquisition import Acquisition

    acquisition = Acquisition(build)
    frames: list[RawFrame] = []
    presses: list[Press] = []
    end_s = _pressing_s(len(names)) if names else LOOK_S
    if names:
        say("press on each corner with a hand when it is named, and let go when the next is")
    try:
        while True:
            frame = acquisition.next_frame(acquisition.silence_limit_s)
            if frame is None:
                raise MatError("the converters' reader has fallen silent: start matfw doctor again")
            frames.append(frame)
            since_s = frame.t_s - frames[0].t_s
            if len(presses) < len(names):
                due_s = PRESS_START_S + len(presses) * (PRESS_S + PRESS_PAUSE_S)
                if since_s >= due_s:
                    name = names[len(presses)]
                    say(f"press on {name} now")
                    from_s = frame.t_s + 0.5 * PRESS_PAUSE_S  # the hand's way there
                    presses.append(Press(name, from_s, frame.t_s + PRESS_S + PRESS_PAUSE_S))
            if since_s < end_s:
                continue
            # The account comes once a second: the frames end where it does.
            stats = acquisition.account.stats
            covered = frames[: stats.frames]
            if covered and covered[-1].t_s - frames[0].t_s >= end_s - ACCOUNT_S:
                return covered, stats, presses
    finally:
        acquisition.close()


def virtual_frames(
    mat: Mat, names: Sequence[str]
) -> tuple[list[RawFrame], ReaderStats, list[Press]]:
    """Return the same of an empty virtual mat, at once; a virtual hand presses where asked."""
    import numpy as np

    from matfw.devices.parallel import ParallelReader
    from matfw.diagnose.presses import Press
    from matfw.estimation.anthropometry import GRAVITY_M_S2
    from matfw.virtual.bench import VirtualBench
    from matfw.virtual.clock import VirtualClock
    from matfw.virtual.deck import Deck

    deck = Deck.for_layout(mat.cells)
    step_s = PRESS_S + PRESS_PAUSE_S
    loads = [
        deck.loads_kg(
            np.array([cell.x_mm]),
            np.array([cell.y_mm]),
            np.array([[VIRTUAL_PRESS_KG * GRAVITY_M_S2]]),
        )[0].tolist()
        for cell in mat.cells
    ]
    nothing = [0.0] * len(mat.cells)

    def loads_kg(t_s: float) -> Sequence[float]:
        number, within_s = divmod(t_s - PRESS_START_S, step_s)
        is_pressed = names and 0 <= number < len(names) and within_s >= PRESS_PAUSE_S
        return loads[int(number)] if is_pressed else nothing

    clock = VirtualClock()
    reader = ParallelReader(
        [cell.name for cell in mat.cells],
        VirtualBench(mat, loads_kg, clock).lines(),
        clock,
        rate_hz=mat.rate_hz,
    )
    reader.start()
    end_s = _pressing_s(len(names)) if names else LOOK_S
    frames = []
    while clock.now_s() < end_s:
        frames.append(reader.read())
    presses = [
        Press(name, PRESS_START_S + i * step_s, PRESS_START_S + (i + 1) * step_s)
        for i, name in enumerate(names)
    ]
    return frames, reader.stats, presses


def _pressing_s(presses: int) -> float:
    return PRESS_START_S + presses * (PRESS_S + PRESS_PAUSE_S) + 1.0


def _zero_check(diagnosis: Diagnosis, uncalibrated: Sequence[str], state: MachineState) -> Check:
    from matfw.diagnose import system

    since = age(state.notes.get("calibration"), datetime.now(UTC))
    is_empty = not uncalibrated and all(
        cell.is_weighed and not cell.wanders for cell in diagnosis.cells
    )
    loads_kg = {cell.name: cell.load_kg for cell in diagnosis.cells}
    return system.check_zero(loads_kg, since, is_empty=is_empty)


def _cells_check(diagnosis: Diagnosis) -> Check:
    from matfw.diagnose.finding import Level

    bad = [found for found in diagnosis.findings if found.level is Level.BAD]
    if bad:
        return Check("cells", State.BAD, f"{len(bad)} found, below")
    if diagnosis.findings:
        return Check("cells", State.WARN, f"{len(diagnosis.findings)} found, below")
    return Check("cells", State.OK, f"{len(diagnosis.cells)} cells, ten seconds, nothing wrong")
