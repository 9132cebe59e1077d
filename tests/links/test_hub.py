"""Consoles on real ptys, the whole firmware behind them: people, programs, lost cables."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

import msgspec
import pytest

from tests.bench.console import exchange
from tests.far_end import LIMIT_S, FarEnd, cable, noisy_lines, plug
from tests.real_time_mat import Cost

ROOT = Path(__file__).parents[2]
ESCAPES = re.compile(r"\x1b\[[?0-9;]*[A-Za-z]")


@dataclass
class Mat:
    """A firmware that runs, its ports, and what it says of them."""

    folder: Path
    process: subprocess.Popen[str]
    cables: dict[str, FarEnd]
    notices: list[str] = field(default_factory=list)

    def hear(self, words: str) -> str:
        """Return the next line on its stderr that has these words."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.notices.append(line)
            if words in line:
                return line
        pytest.fail(f"ended without {words!r}: {self.notices}")

    def plug(self, name: str) -> FarEnd:
        """Plug a new cable into a port."""
        self.cables[name].pull()
        self.cables[name] = far = FarEnd()
        plug(self.folder / name, far)
        return far


PORTS = ("typed", "noise", "lines", "other", "json", "lost", "late", "deaf")


def start(module: str, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments], text=True, cwd=ROOT,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "HOME": str(folder), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


@pytest.fixture(scope="module")
def mat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mat]:
    """Run the firmware on the virtual bench with a cable in every port but the late one."""
    folder = tmp_path_factory.mktemp("m")
    cables = {name: FarEnd() for name in PORTS}
    for name, far in cables.items():
        if name != "late":
            plug(folder / name, far)
    consoles = [f"--console={folder / name}" for name in PORTS]
    process = start("matfw", folder, "run", "--virtual", f"--state={folder / 's'}", *consoles)
    running = Mat(folder, process, cables)
    try:
        assert process.stdout is not None
        process.stdout.readline()  # the title: everything is up
        yield running
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=LIMIT_S)
        assert process.returncode == 0
    finally:
        process.kill()
        process.wait()
        for far in cables.values():
            far.pull()


# --- a person at a bare terminal ---


def seen(text: str) -> str:
    """Return what is left of text on a terminal that edits nothing: no escapes."""
    return ESCAPES.sub("", text)


def test_a_person_edits_lines_with_history_and_tab(mat: Mat) -> None:
    far = mat.cables["typed"]
    far.wake()

    def answer(keys: str) -> str:
        far.heard = ""
        far.send(keys)
        heard = far.until(
            lambda text: re.search(r"(^|\n)(ok|error E\d+: [^\n]*)\r\n", seen(text)) is not None
        )
        return seen(heard)

    assert "matfw 0." in answer("version\r")
    assert "matfw 0." in answer("versoin\x1b[D\x1b[D\x08\x1b[Co\x1b[3~\r")
    assert "matfw 0." in answer("\x1b[A\r"), "the line before"
    assert "matfw 0." in answer("vers\t\r"), "Tab goes on with it"
    far.send("st\t")
    choice = far.until("stream")
    assert "start" in seen(choice)
    assert "status" in seen(choice)
    far.send("\x03")
    assert "E101" in answer("nonsense\r"), "Ctrl-C has thrown the line away"
    assert "cue NAME" in answer("xxhelp cue\x01\x04\x04\r"), "Home, delete, delete"


def test_ctrl_c_leaves_the_menu(mat: Mat) -> None:
    far = mat.cables["typed"]
    far.wake()
    far.send("\x03menu\r")
    far.until("Leave")
    far.send("\x03")
    far.until("ok\r\n")
    far.send("version\r")
    far.until("ok\r\n")


# --- programs ---


@pytest.fixture
def lines(mat: Mat) -> FarEnd:
    far = mat.cables["lines"]
    far.be_program()
    return far


def test_cr_lf_and_cr_lf_end_a_line_and_answers_end_in_cr_lf(lines: FarEnd) -> None:
    lines.send("version\rversion\nversion\r\n\r\n\nversion\r")
    heard = lines.until(lambda text: text.count("ok\r\n") == 4)
    assert heard.count("matfw 0.") == 4
    assert heard.count("\n") == heard.count("\r\n") == heard.count("\r")
    assert "\x1b" not in heard
    assert lines.listen(0.2) == ""


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"stat\x00us", "U+0000"),
        (b"stat\x1bus", "U+001B"),
        (b"caf\xe9", "not UTF-8"),
        (b"x" * 600, "600 characters"),
        (b"x" * 100_000, "at most 512"),
        (b'"open', "quote"),
        (b"fly", "no command"),
    ],
)
def test_what_is_no_command_is_one_error_that_says_why(
    lines: FarEnd, line: bytes, words: str
) -> None:
    lines.send(line + b"\r")
    heard = lines.until("\r\n")
    assert re.match(r"error E1\d\d: ", heard)
    assert words in heard
    assert lines.ask("version")[-1] == "ok"


def test_a_program_may_ask_for_completions_and_for_the_end(mat: Mat) -> None:
    far = mat.cables["json"]
    far.be_program()
    far.send("\x05st\r")
    assert "// complete start status stop stream\r\n" in far.until("\r\n")
    far.send("menu\r\x04\r")  # nobody is there for its questions any more
    heard = far.until("// end\r\n")
    assert "ok\r\n" in heard
    far.wake()  # a person again


def test_echo_on_brings_the_editor_back(mat: Mat) -> None:
    far = mat.cables["json"]
    far.be_program()
    far.send("echo on\rversion\r")
    heard = seen(far.until(lambda text: seen(text).count("ok\r\n") == 2))
    assert "matfw> version" in heard


def test_links_have_manners_of_their_own_and_settings_in_common(mat: Mat, lines: FarEnd) -> None:
    other = mat.cables["other"]
    other.be_program()
    assert other.ask("mode json") == ["ok"]
    assert lines.ask("set workout.reps 9")[-1] == "ok"
    other.send('{"id":7,"command":"get","args":["workout.reps"]}\r')
    answer = json.loads(other.until("\n"))
    assert (answer["id"], answer["ok"]) == (7, True)
    assert "9" in json.dumps(answer["result"])
    assert lines.ask("revert")[-1] == "ok"
    assert lines.ask("version")[-1] == "ok", "text is still text here"


def test_a_far_end_that_does_not_read_misses_only_its_own_notifications(
    mat: Mat, lines: FarEnd
) -> None:
    deaf = mat.cables["deaf"]
    deaf.be_program()
    assert deaf.ask("stream 80 all")[-1] == "ok"
    missing = "lines are missing here: this link is read too slowly"
    deaf_s = 2.5  # some 20 kB, less on a busy computer; the kernel takes 4 and the link 8
    while missing not in deaf.heard:
        assert deaf_s < LIMIT_S, deaf.heard
        time.sleep(deaf_s)
        assert lines.ask("status")[-1] == "ok", "nobody else waits"
        while missing not in deaf.heard and deaf.listen(0.2):
            pass
        deaf_s *= 2.0
    *whole, _unfinished = deaf.until(missing).split("\r\n")
    assert deaf.ask("stream 0")[-1] == "ok"
    rows = [line for line in whole if line.startswith("// stream")]
    assert all(line.count("=") == rows[0].count("=") for line in rows), "no line is torn"


def test_noise_into_an_editor_ends_nothing(mat: Mat) -> None:
    """A wrong baud rate, a loose wire: any bytes, the editor's own keys and escapes among them."""
    far = mat.cables["noise"]
    far.wake()
    rng = random.Random(5)
    keys = (b"\x1b[A", b"\x1b[200~", b"\x1b9", b"\x12", b"\x18(", b"\x18e", b"\t", b"\r", b"\x1b[")
    for _ in range(25):
        far.send(b"#" + rng.randbytes(100) + rng.choice(keys))
    far.be_program()
    assert far.ask("version")[-1] == "ok"


# --- cables that go and come ---


def in_mid_line(far: FarEnd) -> None:
    far.send("set workout.re")


def in_the_menu(far: FarEnd) -> None:
    far.send("menu\r")
    far.until("Leave")


def in_a_stream(far: FarEnd) -> None:
    far.ask("stream 80")


def in_a_save(far: FarEnd) -> None:
    far.ask("set workout.reps 11")
    far.send("save\r")


def in_a_flood(far: FarEnd) -> None:
    far.send("status\r" * 40)


def while_editing(far: FarEnd) -> None:
    far.send("echo on\rset wor\t")
    far.until("workout")


@pytest.mark.parametrize(
    "midst", [in_mid_line, in_the_menu, in_a_stream, in_a_save, in_a_flood, while_editing]
)
def test_a_cable_may_be_pulled_in_the_midst_of_anything(
    mat: Mat, lines: FarEnd, midst: Callable[[FarEnd], None]
) -> None:
    far = mat.cables["lost"]
    far.be_program()
    midst(far)
    far.pull()
    assert f"{mat.folder / 'lost'} has gone" in mat.hear("has gone")
    assert lines.ask("version")[-1] == "ok", "the others talk on"
    far = mat.plug("lost")
    mat.hear("works now")
    far.wake()  # a new start: a person, no wizard, no stream
    far.be_program()
    assert far.ask("version")[-1] == "ok"
    if midst is in_a_save:  # whole, or not at all
        state = mat.folder / "s" / "state.toml"
        is_saved = state.exists() and "reps = 11" in state.read_text()
        assert is_saved or any("workout.reps" in line for line in far.ask("diff"))
        assert far.ask("factory workout.reps")[-1] == "ok"
        assert far.ask("save")[-1] == "ok"


def test_a_missing_port_is_waited_for_and_reported_once(mat: Mat) -> None:
    notices = [line for line in mat.notices if "/late is" in line]
    if not notices:
        notices = [mat.hear("/late is")]
    assert "is not there: plug it in or correct its name; waiting for it" in notices[0]
    plug(mat.folder / "late", mat.cables["late"])
    assert "late works now" in mat.hear("works now")
    assert sum("late is not there" in line for line in mat.notices) == 1
    mat.cables["late"].be_program()
    assert mat.cables["late"].ask("version")[-1] == "ok"


# --- what a console costs the mat ---


def test_commands_and_noise_at_full_speed_cost_no_sample(tmp_path: Path) -> None:
    """The short form of tests/bench/console.py."""
    with cable() as far:
        process = start(
            "tests.real_time_mat", tmp_path, f"--state={tmp_path}", f"--console={far.port}"
        )
        try:
            assert process.stderr is not None
            process.stderr.readline()
            far.be_program()
            end_s = time.monotonic() + 1.5
            lines = takewhile(lambda _: time.monotonic() < end_s, noisy_lines(10**6, 3))
            count = exchange(far, lines)
            process.send_signal(signal.SIGTERM)
            out, error = process.communicate(timeout=LIMIT_S)
        finally:
            process.kill()
            process.wait()
    assert process.returncode == 0, error
    cost = msgspec.json.decode(out, type=Cost)
    assert count.answered == count.sent > 100
    assert cost.frames > 80
    assert cost.dropped == 0
    # Next to none; they are other programs on the same computer. A console in the cells' process
    # would cost some in each hundred.
    assert cost.gaps_over_2_periods <= max(2, cost.frames // 100), cost
    assert cost.memory_last_mb - cost.memory_first_mb < 20.0, cost
