"""`matfw console` as people and programs use it, over the socket and over a cable."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from matfw.devices.console_socket import connect
from matfw.links.client import Client
from tests.far_end import LIMIT_S, FarEnd, cable

ROOT = Path(__file__).parents[2]


@dataclass
class Firmware:
    """One that runs on the virtual bench."""

    home: Path
    state: Path
    port: str  # the far end of a cable to it


@pytest.fixture(scope="module")
def firmware(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firmware]:
    home = tmp_path_factory.mktemp("h")
    state = home / "s"
    with joined() as (near, far), (home / "errors").open("w") as errors:
        process = subprocess.Popen(
            [*MATFW, "run", "--virtual", "--state", str(state), "--console", near],
            stdout=subprocess.PIPE, stderr=errors, text=True, env=environment(home),
        )  # fmt: skip
        try:
            assert process.stdout is not None
            process.stdout.readline()  # the title
            end_s = time.monotonic() + LIMIT_S
            while not (state / "console.sock").exists():
                assert time.monotonic() < end_s
                select.select([], [], [], 0.02)
            yield Firmware(home, state, far)
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=LIMIT_S)
            assert process.returncode == 0, (home / "errors").read_text()
            assert not (state / "console.sock").exists()
        finally:
            process.kill()
            process.wait()


MATFW = (sys.executable, "-m", "matfw")


def environment(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("XDG_")}
    return {**kept, "HOME": str(home), "PYTHONPATH": str(ROOT), "TERM": "xterm-256color"}


@contextmanager
def joined() -> Iterator[tuple[str, str]]:
    """Give the two ports of a cable with a computer at either end."""
    with cable() as one, cable() as two:
        is_over = threading.Event()

        def carry() -> None:
            way = {one.master: two.master, two.master: one.master}
            while not is_over.is_set():
                for master in select.select(list(way), [], [], 0.05)[0]:
                    try:
                        data = os.read(master, 1024)
                        while data:
                            select.select([], [way[master]], [], 0.1)
                            data = data[os.write(way[master], data) :]
                    except OSError:
                        continue

        thread = threading.Thread(target=carry)
        thread.start()
        try:
            yield one.port, two.port
        finally:
            is_over.set()
            thread.join()


def console(firmware: Firmware, lines: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MATFW, "console", *(arguments or ("--state", str(firmware.state)))],
        input=lines, capture_output=True, text=True, timeout=LIMIT_S, check=False,
        env=environment(firmware.home),
    )  # fmt: skip


def test_a_pipe_gets_the_answer_and_nothing_else(firmware: Firmware) -> None:
    done = console(firmware, "version\n")
    assert (done.returncode, done.stderr) == (0, "")
    *body, end = done.stdout.splitlines()
    assert body[0].startswith("matfw 0.")
    assert end == "ok"


def test_a_refused_command_is_exit_code_1(firmware: Firmware) -> None:
    done = console(firmware, "version\nset workout.reps 0\nversion")
    assert done.returncode == 1
    assert [line for line in done.stdout.splitlines() if line == "ok" or "error" in line][1:] == [
        *[line for line in done.stdout.splitlines() if line.startswith("error E2")],
        "ok",
    ]
    assert done.stderr == ""


def test_json_is_one_object_a_line(firmware: Firmware) -> None:
    request = '{"id": 4, "command": "get", "args": ["workout.reps"]}'
    done = console(firmware, f"status\n{request}\nfly\n", "--json", "--state", str(firmware.state))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    answers = [answer for answer in answers if "event" not in answer]
    assert [(answer["id"], answer["ok"]) for answer in answers] == [
        (None, True), (4, True), (None, False),
    ]  # fmt: skip
    assert answers[0]["result"]["virtual"] is True
    assert done.returncode == 1


def test_many_lines_wait_for_a_command_that_takes_time(firmware: Firmware) -> None:
    done = console(firmware, "tare\n" + "version\n" * 200 + "menu\n1\n")
    ends = [line for line in done.stdout.splitlines() if re.match(r"ok$|error E", line)]
    assert len(ends) == 202
    assert ends[1:] == ["ok"] * 201
    assert "E110" not in done.stdout


def test_a_serial_port_is_made_quiet_first_and_left_as_it_was(firmware: Firmware) -> None:
    for _ in range(2):
        done = console(firmware, "version\n", "--port", firmware.port)
        assert (done.returncode, done.stderr) == (0, "")
        assert re.fullmatch(r"matfw 0\..*\n.*\nok\n", done.stdout)


def test_without_a_firmware_it_says_so_and_what_to_do(firmware: Firmware, tmp_path: Path) -> None:
    done = console(firmware, "status\n", "--state", str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert "no matfw runs here" in line
    assert str(tmp_path / "console.sock") in line
    assert "`matfw run`" in line


def test_a_wrong_port_is_wrong_usage(firmware: Firmware) -> None:
    done = console(firmware, "", "--port", "telepathy://mat")
    assert done.returncode == 2
    assert "telepathy" in done.stderr


@pytest.mark.parametrize(
    ("settings", "arguments"),
    [("", ["--console", "telepathy://mat"]), ('[console]\nports = ["telepathy://mat"]\n', [])],
)
def test_a_firmware_with_a_wrong_port_does_not_start(
    tmp_path: Path, settings: str, arguments: Sequence[str]
) -> None:
    (tmp_path / "mat.toml").write_text(settings)
    done = subprocess.run(
        [*MATFW, "run", "--virtual", "--config", "mat.toml", "--state", "s", *arguments],
        capture_output=True, text=True, timeout=LIMIT_S, check=False, cwd=tmp_path,
        env=environment(tmp_path),
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert "telepathy" in done.stderr
    assert "/dev/serial0" in done.stderr


def test_eight_may_talk_at_once_and_the_ninth_is_refused(firmware: Firmware) -> None:
    paths = [firmware.state / "console.sock"]
    clients = [Client("mat", connect(paths)) for _ in range(8)]
    try:
        for client in clients:
            client.send("version\r")
        for client in clients:
            lines: list[str] = []
            while "ok" not in lines:
                lines += client.received(LIMIT_S)
        late = Client("mat", connect(paths))
        assert late.received(LIMIT_S)[0].startswith(
            "// 8 clients talk already: end one, or wait until"
        )
        late.link.close()
    finally:
        for client in clients:
            client.link.close()


def test_a_socket_far_too_deep_is_explained(firmware: Firmware, tmp_path: Path) -> None:
    done = console(firmware, "", "--state", str(tmp_path / ("x" * 120)))
    assert done.returncode == 1
    assert "at most 107" in done.stderr
    assert "--state" in done.stderr


def seen(text: str) -> str:
    return re.sub(r"\x1b(\[[?0-9;]*[A-Za-z~]|[()][A-Z0-9]|[=>])", "", text)


@pytest.fixture
def terminal(firmware: Firmware) -> Iterator[FarEnd]:
    """Give the keys and the screen of `matfw console` in a terminal."""
    yield from in_terminal(firmware)


def in_terminal(firmware: Firmware) -> Iterator[FarEnd]:
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (24, 80))
    far = FarEnd.__new__(FarEnd)
    far.master, far.heard = master, ""
    os.set_blocking(master, False)
    process = subprocess.Popen(
        [*MATFW, "console", "--state", str(firmware.state)], stdin=slave, stdout=slave,
        stderr=slave, env=environment(firmware.home), start_new_session=True,
    )  # fmt: skip
    os.close(slave)
    try:
        far.until(lambda text: "Ctrl-D leaves" in seen(text) and "matfw>" in seen(text))
        yield far
        end_s = time.monotonic() + LIMIT_S
        while process.poll() is None and time.monotonic() < end_s:
            far.send("\x04")  # again, if it came before the prompt did
            far.listen(0.5)
        assert process.returncode == 0
    finally:
        process.kill()
        process.wait()
        os.close(master)


def test_a_person_types_completes_and_is_answered(terminal: FarEnd) -> None:
    terminal.send("vers\t\r")
    heard = terminal.until(lambda text: re.search(r"ok\r*\n", seen(text)) is not None)
    assert "matfw> version" in seen(heard)
    assert "matfw 0." in heard
    terminal.send("set workout.re\t")
    terminal.until(
        lambda text: re.search(r"workout\.rest_s.*matfw> set", seen(text), re.S) is not None
    )
    terminal.send("\x15nonsense\r")
    assert "\x1b[0;31m" in terminal.until(lambda text: "is no command" in seen(text)), "in red"


def test_a_menu_and_a_page_have_their_own_prompt(terminal: FarEnd) -> None:
    terminal.send("menu\r")
    terminal.until(lambda text: seen(text).rstrip().endswith("number>"))
    terminal.send("watch\r")
    terminal.until("not while something is asked here")
    terminal.send("0\r")
    terminal.until(lambda text: re.search(r"ok\r*\n", seen(text)) is not None)
    terminal.send("help\r")
    page = seen(terminal.until(lambda text: "Enter shows them, q ends --" in seen(text)))
    assert "\nok" not in page
    terminal.send("q\r")
    terminal.until(lambda text: seen(text).rstrip().endswith("matfw>"))


def test_watch_draws_the_mat_until_a_key_is_pressed(terminal: FarEnd) -> None:
    terminal.send("watch\r")
    words = ("SIMULATED", "close-up", "phase", "head", "foot", "kg", "rest", "reps")
    terminal.until(
        lambda text: (
            all(word in seen(text) for word in words)
            and re.search(r"▪ -?\d+\.\d kg", seen(text)) is not None
        )
    )
    terminal.send("q")
    terminal.until(lambda text: text.rstrip().endswith("matfw>") or "matfw>" in seen(text)[-40:])
    terminal.send("version\r")
    heard = terminal.until(lambda text: re.search(r"ok\r*\n", seen(text)) is not None)
    assert "matfw 0." in heard
    assert '{"' not in heard


@contextmanager
def run_on(home: Path, state: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*MATFW, "run", "--virtual", "--state", str(state)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment(home),
        start_new_session=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        process.stdout.readline()
        end_s = time.monotonic() + LIMIT_S
        while not (state / "console.sock").exists():
            assert time.monotonic() < end_s
            select.select([], [], [], 0.02)
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def test_watch_says_that_it_is_old_and_goes_on_with_a_new_firmware(tmp_path: Path) -> None:
    state = tmp_path / "s"
    with run_on(tmp_path, state) as process:
        terminal = in_terminal(Firmware(tmp_path, state, ""))
        far = next(terminal)
        far.send("watch\r")
        far.until(lambda text: "SIMULATED" in seen(text))
        os.killpg(process.pid, signal.SIGSTOP)
        began_s = time.monotonic()
        heard = seen(far.until(lambda text: "OLD: nothing has come for" in seen(text)))
        assert time.monotonic() - began_s < 2.0 + 1.0, "2 s, and what a busy computer takes"
        assert "any key leaves" in heard
        os.killpg(process.pid, signal.SIGCONT)
        far.until(lambda text: "SIMULATED" in seen(text))
    far.until(lambda text: "OLD: nothing has come for" in seen(text))
    with run_on(tmp_path, state):
        far.until(lambda text: "SIMULATED" in seen(text))
        far.send("q")
        far.until(lambda text: "matfw>" in seen(text)[-40:])
        assert next(terminal, None) is None
