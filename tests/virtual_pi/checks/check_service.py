"""The service on a Pi that has just been switched on, and what it does all day."""

from __future__ import annotations

import pytest

from matfw.messages import Cue, Fault, Phase, cue_named
from matfw.sounds.earcons import SOUNDS
from matfw.testing.lifter import Lifter
from matfw.testing.outputs import cues_in
from tests.virtual_pi.outputs import melody
from tests.virtual_pi.pi import UNIT, Said, VirtualPi, Wire
from tests.virtual_pi.rack import Rack

MAX_EXPOSURE = 2.0  # of `systemd-analyze security`
AFTER_S = 6.0  # the refined verdict of the last lift, and getting up
PHASE_LATE_S = 0.6  # a phase is reported so long after its truth at most; 0.19 s when it was tried


def test_it_is_ready_after_the_boot(rack: Rack) -> None:
    pi = rack.shared()
    pi.wait_ready()
    assert pi.systemd("NRestarts") == "0"
    assert pi.systemd("User") == "matfw"
    assert pi.processes().keys() >= {"main", "acquisition"}


def test_cells_are_read(pi: VirtualPi) -> None:
    pi.lay((10.0, 0.0, 0.0))
    before = pi.chips()
    pi.machine.pause(2.0)
    after = pi.chips()
    status = pi.console.ask("status")
    assert status["virtual"] is False
    assert status["rate_hz"] == pytest.approx(80.0, rel=0.03)
    assert {cell["problem"] for cell in status["cells"].values()} == {"ok"}
    # Not calibrated yet: the cells differ by some per cent, and none has been set to zero.
    assert status["load_kg"] == pytest.approx(10.0, abs=0.7)
    for old, new in zip(before, after, strict=True):
        made = new["conversions"] - old["conversions"]
        assert new["reads"] - old["reads"] > 0.9 * made
        assert new["bad_pulse_counts"] == old["bad_pulse_counts"]


def test_lifts_have_their_phases_lights_and_sounds(pi: VirtualPi) -> None:
    pi.console.ask("side", "left")
    lifter = Lifter().lift().lift(fault="drop")
    trace = lifter.trace(pi.mat.cells)
    start_s = pi.play(trace)
    pi.machine.pause(start_s - pi.machine.guest_s + trace.duration_s + AFTER_S)
    edges, events = pi.edges(), pi.events(start_s)
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
    assert not any(pi.levels().values())


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
