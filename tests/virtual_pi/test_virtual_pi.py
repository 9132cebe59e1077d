"""What of the virtual Pi can be seen without one: what it lacks, and how it reads pins."""

from __future__ import annotations

import random
import socket
import stat
from collections.abc import Sequence

import pytest

from matfw.messages import Announcement, Cue, Fault
from matfw.sounds.earcons import SOUNDS
from matfw.testing.edges import Edge, heard, read_edges, seen
from matfw.testing.outputs import cues_in
from tests.virtual_pi import host
from tests.virtual_pi.__main__ import NOTHING_DONE, main
from tests.virtual_pi.errors import GuestError
from tests.virtual_pi.far_end import FarEnd
from tests.virtual_pi.initramfs import archive_of

PIN, LIGHT = 18, 23
CATCH_UP_S = 17e-6  # a period of lgpio's PWM that makes up for what it has missed; measured there


def test_without_its_programs_it_skips_and_says_which(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(host, "which", lambda name: None if "qemu" in name else f"/bin/{name}")
    assert main(["--only-image"]) == NOTHING_DONE
    said = capsys.readouterr().out
    assert "SKIPPED" in said
    assert "apt-get install qemu-system-x86 qemu-utils" in said


@pytest.mark.parametrize("cue", [Fault.DROP, Fault.TOO_HIGH, Fault.ROLL_BACK, Fault.LEG_FORWARD])
def test_a_cue_is_heard_in_the_edges_of_a_jittery_pwm(cue: Cue) -> None:
    edges = edges_of(cue, start_s=12.0, jitter_s=20e-6, seed=3)
    assert cues_in(heard(edges, PIN)) == [cue]
    assert heard(edges, LIGHT) == []


@pytest.mark.parametrize("held_up_s", [0.0015, 0.008, 0.015, 0.02, 0.035])
@pytest.mark.parametrize("cue", [Fault.DROP, Fault.KICK, Fault.ROLL_BACK, Announcement.THREE_LEFT])
@pytest.mark.parametrize("catches_up", [False, True])
def test_a_pwm_that_is_held_up_in_mid_note_plays_the_same_note(
    cue: Cue, held_up_s: float, catches_up: bool
) -> None:
    edges = edges_of(cue, start_s=12.0, jitter_s=20e-6, seed=3)
    edges = held_up(edges, cue, 12.0, held_up_s, catches_up)
    assert cues_in(heard(edges, PIN)) == [cue]


@pytest.mark.parametrize("lacks_s", [0.0, 0.011])  # a note that ends a frame late
def test_the_shortest_rest_parts_two_notes_that_are_alike(lacks_s: float) -> None:
    rest_s = -lacks_s + min(
        note.duration_s for notes in SOUNDS.values() for note in notes if note.frequency_hz is None
    )
    edges = edges_of(Announcement.REP, 12.0, 20e-6, 3)
    until_s = 12.0 + SOUNDS[Announcement.REP][0].duration_s
    edges = [*edges, *edges_of(Announcement.REP, until_s + rest_s, 20e-6, 4)]
    assert [note.duration_s for note in heard(edges, PIN)] == [0.05, 0.05]


def test_a_dimmed_light_is_seen_as_one_light() -> None:
    edges = [
        edge
        for n in range(30)  # 0.3 s at 100 Hz and a duty of 40 %
        for edge in (Edge(5.0 + 0.01 * n, LIGHT, True), Edge(5.004 + 0.01 * n, LIGHT, False))
    ]
    (lit,) = seen(edges, LIGHT)
    assert (lit.from_s, lit.until_s) == pytest.approx((5.0, 5.294))
    assert lit.brightness == pytest.approx(0.4, abs=0.02)


def test_edges_are_read_as_the_module_writes_them() -> None:
    word = 1_500_000_123 << 7 | PIN << 1 | 1
    assert read_edges(word.to_bytes(8, "little")) == [Edge(1.500000123, PIN, True)]


def test_the_archive_has_what_the_kernel_reads() -> None:
    data = archive_of([("bin", stat.S_IFDIR | 0o755, b""), ("a", stat.S_IFREG | 0o644, b"xyz")])
    assert data[:6] == b"070701"
    assert data.count(b"070701") == 3
    assert b"TRAILER!!!\0" in data
    at = data.index(b"a\0", 112)
    size = int(data[at - 110 :][54:62], 16)
    assert (size, data[at + 2 : at + 5], len(data) % 4) == (3, b"xyz", 0)


def test_the_far_end_keeps_what_comes_with_an_answer() -> None:
    near, far = socket.socketpair()
    with near, far:
        lines = (
            b"matfw> mode json", b"ok", b'{"id": 1, "ok": true, "result": {}}',
            b'{"event": "note"}', b'{"id": 2, "ok": true, "result": {"reps": 9}}',
            b'{"id": 3, "ok": false, "error": {}}',
        )  # fmt: skip
        far.sendall(b"".join(line + b"\r\n" for line in lines))
        console = FarEnd(near)
        assert console.ask("status") == {"reps": 9}
        assert console.heard == [{"event": "note"}]
        with pytest.raises(GuestError, match="save"):
            console.ask("save")


def edges_of(cue: Cue, start_s: float, jitter_s: float, seed: int) -> Sequence[Edge]:
    """Return what software PWM makes of a cue: each edge a little late."""
    chance = random.Random(seed)
    edges, at_s = [], start_s
    for note in SOUNDS[cue]:
        end_s = at_s + note.duration_s
        if note.frequency_hz is not None:
            period_s = 1.0 / note.frequency_hz
            for n in range(int(note.duration_s / period_s)):
                rise_s = at_s + n * period_s + chance.uniform(0.0, jitter_s)
                edges += [Edge(rise_s, PIN, True), Edge(rise_s + period_s / 2, PIN, False)]
        at_s = end_s
    return edges


def held_up(
    edges: Sequence[Edge], cue: Cue, start_s: float, for_s: float, catches_up: bool
) -> Sequence[Edge]:
    """Return the edges without those in the middle of each note, or with them right after it."""
    at_s = start_s
    for note in SOUNDS[cue]:
        from_s, until_s = (at_s + 0.5 * (note.duration_s + sign * for_s) for sign in (-1, 1))
        is_late = [from_s <= edge.at_s < until_s for edge in edges]
        if catches_up:
            edges = queued(edges, is_late, until_s)
        else:
            edges = [edge for edge, late in zip(edges, is_late, strict=True) if not late]
        at_s += note.duration_s
    return edges


def queued(edges: Sequence[Edge], is_late: Sequence[bool], until_s: float) -> Sequence[Edge]:
    """Return the edges, the late ones one after the other from until_s on."""
    moved, last_s = [], 0.0
    for edge, late in zip(edges, is_late, strict=True):
        last_s = max(until_s if late else edge.at_s, last_s + 0.5 * CATCH_UP_S)
        moved.append(Edge(last_s, edge.line, edge.level))
    return moved
