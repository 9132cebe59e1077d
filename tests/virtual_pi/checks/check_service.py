"""The service on a Pi that has just been switched on, and what it does all day."""

from __future__ import annotations

import pytest

from matfw.messages import Cue, Fault, Phase, cue_named
from matfw.sounds.earcons import SOUNDS
from matfw.testing.edges import melody
from matfw.testing.header import Wire
from matfw.testing.lifter import Lifter
from matfw.testing.outputs import cues_in
from tests.virtual_pi.pi import UNIT, Said, VirtualPi
from tests.virtual_pi.rack import Rack

MAX_EXPOSURE = 2.0  # of `systemd-analyze security`
REPLACED_S = 30.0  # guest time until what was lost before is seen to be there again
REFINED_S = 30.0  # guest time until the last lift has its verdict; some seconds
PHASE_LATE_S = 0.6  # a phase is reported so long after its truth at most; 0.19 s when it was tried


def test_it_is_ready_after_the_boot(rack: Rack) -> None:
    pi = rack.shared()
    pi.wait_ready()
    assert pi.systemd("NRestarts") == "0"
    assert pi.systemd("User") == "matfw"
    assert pi.processes().keys() >= {"main", "acquisition"}


def test_cells_are_read(pi: VirtualPi) -> None:
    pi.wait_for(
        lambda: {each["problem"] for each in pi.console.ask("status")["cells"].values()},
        lambda problems: problems == {"ok"}, "end of the cells' problems", REPLACED_S,
    )  # fmt: skip
    pi.lay((10.0, 0.0, 0.0))
    # Perhaps not calibrated yet: then the cells differ by some per cent, and none is set to zero.
    status = pi.wait_load(10.0, within_kg=0.7)
    assert status["virtual"] is False
    assert status["rate_hz"] == pytest.approx(80.0, rel=0.03)
    before = pi.chips()
    pi.machine.pause(2.0)
    after = pi.chips()
    for old, new in zip(before, after, strict=True):
        made = new["conversions"] - old["conversions"]
        assert new["reads"] - old["reads"] > 0.9 * made
        assert new["bad_pulse_counts"] == old["bad_pulse_counts"]


def test_a_killed_refiner_is_replaced_and_the_mat_goes_on(pi: VirtualPi) -> None:
    """The repetitions of the next check are refined by the one that takes its place."""
    before, starts, since_s = pi.processes(), pi.systemd("NRestarts"), pi.now_s()
    pi.machine.kill(before["refiner"])
    pi.wait_said(since_s, "the refiner process has ended")
    after = pi.wait_for(pi.processes, lambda now: "refiner" in now, "refiner", REPLACED_S)
    assert after.pop("refiner") != before.pop("refiner")
    assert after == before
    assert pi.systemd("NRestarts") == starts


def test_lifts_have_their_phases_lights_and_sounds(pi: VirtualPi) -> None:
    pi.console.ask("side", "left")
    lifter = Lifter().lift().lift(fault="drop")
    trace = lifter.trace(pi.mat.cells)
    start_s = pi.play(trace)
    # Nobody looks meanwhile: reading the journal takes the only core from the firmware.
    pi.machine.pause(start_s - pi.machine.guest_s + trace.duration_s)
    pi.wait_events(
        start_s, lambda events: sum(event.kind == "rep" for event in events) >= 2,
        "second repetition", REFINED_S,
    )  # fmt: skip
    events = pi.wait_quiet(start_s)
    edges = pi.edges()
    log = "\n".join(f"{event.t_s - start_s:8.2f} {event.kind} {event.what}" for event in events)

    phases = [event for event in events if event.kind == "phase"]
    assert [event.what for event in phases[: 4 * len(trace.truth)]] == [
        Phase.UP, Phase.HOLD, Phase.DOWN, Phase.REST,
    ] * len(trace.truth), log  # fmt: skip
    for number, rep in enumerate(trace.truth):
        up, hold, down, _rest = phases[4 * number : 4 * number + 4]
        for said, true_s in ((up, rep.onset_s), (hold, rep.top_s), (down, rep.lower_s)):
            assert -0.1 < said.t_s - start_s - true_s < PHASE_LATE_S, log

    reps = [event.what for event in events if event.kind == "rep"]
    assert [" clean " in rep for rep in reps] == [True, False], log

    given = _sounding(events)
    assert Fault.DROP in given, log  # while it falls; its refined verdict may be unsure
    notes = pi.heard(edges)
    assert cues_in(notes) == given, f"{melody(notes)}\n{log}"
    for name, lit in pi.seen(edges).items():
        assert lit, f"the {name} light was never on\n{log}"


def _sounding(events: list[Said]) -> list[Cue]:
    """Return the cues that were given and have a sound."""
    cues = [cue_named(event.what.partition(":")[0]) for event in events if event.kind == "cue"]
    return [cue for cue in cues if SOUNDS.get(cue)]


def test_a_cut_wire_is_named_and_a_mended_one_too(pi: VirtualPi) -> None:
    since_s = pi.now_s()
    pi.wire("foot_left", Wire.SCK_CUT)
    pi.wait_event(since_s, "sensor", "foot_left lost")
    pi.wire("foot_left", Wire.WHOLE)
    pi.wait_event(since_s, "sensor", "foot_left ok")


def test_its_exposure_is_small(pi: VirtualPi) -> None:
    said = pi.machine.out("systemd-analyze", "security", "--no-pager", UNIT).splitlines()[-1]
    assert float(said.split(":")[1].split()[0]) <= MAX_EXPOSURE, said
