"""Serial ports: real ptys and sockets through pyserial, and who else has the port."""

from __future__ import annotations

import grp
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from matfw.devices import byte_link
from matfw.devices.serial_getty import (
    REQUEST_FILE,
    REQUEST_PERIOD_S,
    ask_for_port,
    getty_on,
    terminal_name,
)
from matfw.devices.serial_link import check_port, open_serial
from matfw.errors import MatLinkError, MatUsageError
from matfw.ports import Link
from tests.far_end import LIMIT_S, FarEnd, cable


@pytest.fixture
def far() -> Iterator[FarEnd]:
    with cable() as end:
        yield end


@pytest.fixture
def link(far: FarEnd) -> Iterator[Link]:
    opened = open_serial(far.port)
    yield opened
    opened.close()
    opened.close()  # twice is allowed


def read(link: Link, size: int) -> bytes:
    """Read so many bytes, or fail."""
    data = b""
    while len(data) < size:
        more = link.read(LIMIT_S)
        assert more, f"only {data!r} came"
        data += more
    return data


def test_bytes_go_both_ways_unchanged(far: FarEnd, link: Link) -> None:
    every = bytes(range(256)) * 2
    os.write(far.master, every)
    assert read(link, len(every)) == every
    assert link.write(every) == len(every)
    assert os.read(far.master, 1024) == every


def test_nothing_comes_and_nothing_waits(far: FarEnd, link: Link) -> None:
    assert link.read(0.0) == b""


def test_a_far_end_that_does_not_read_is_not_waited_for(far: FarEnd, link: Link) -> None:
    sent = 0
    while done := link.write(b"x" * 4096):
        sent += done
        assert sent < 1_000_000  # what the kernel holds
    assert sent > 0
    while len(far.heard) < sent:
        far.listen(LIMIT_S)
    assert link.write(b"x") == 1


def test_one_read_takes_no_more_than_a_chunk(far: FarEnd, link: Link) -> None:
    writer = threading.Thread(target=lambda: far.send(b"x" * 20_000))
    writer.start()
    sizes = [len(link.read(LIMIT_S)) for _ in range(3)]
    assert max(sizes) <= byte_link.CHUNK_BYTES
    read(link, 20_000 - sum(sizes))
    writer.join()


def test_a_pulled_cable_is_an_error_that_names_the_port(far: FarEnd, link: Link) -> None:
    far.pull()
    with pytest.raises(MatLinkError, match=rf"{far.port} has gone"):
        link.read(LIMIT_S)
    with pytest.raises(MatLinkError, match=rf"{far.port} has gone"):
        link.write(b"x")


def test_a_port_is_ours_alone(far: FarEnd, link: Link) -> None:
    with pytest.raises(MatLinkError, match=r"another program has .*: end it") as caught:
        open_serial(far.port)
    assert not caught.value.is_absent


def test_a_closed_port_can_be_had_again(far: FarEnd) -> None:
    for _ in range(3):
        open_serial(far.port).close()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("/dev/nowhere", "is not there"),
        ("/dev/null", "is no serial port"),
        ("/", "cannot be opened"),
        ("socket://127.0.0.1:9", "cannot be opened"),
        ("socket://nothing", "cannot be opened"),
    ],
)
def test_what_cannot_be_opened_says_why(name: str, words: str) -> None:
    with pytest.raises(MatLinkError, match=words) as caught:
        open_serial(name)
    assert name in str(caught.value)
    assert caught.value.is_absent == (words == "is not there")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open everything")
def test_a_port_without_permission_says_which_group(tmp_path: Path) -> None:
    port = tmp_path / "port"
    port.touch(mode=0)
    with pytest.raises(MatLinkError, match="dialout"):
        open_serial(str(port))


def test_a_port_that_a_login_shell_has_left_is_asked_for_once_a_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = tmp_path / "dev/ttyAMA0"
    port.parent.mkdir()
    port.touch()
    groups = {port.stat().st_gid: "tty"}
    monkeypatch.setattr(grp, "getgrgid", lambda gid: SimpleNamespace(gr_name=groups[gid]))
    request = tmp_path / "run" / REQUEST_FILE
    request.parent.mkdir()

    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)
    said = ask_for_port("/dev/ttyAMA0", tmp_path)
    assert said is not None
    assert "sudo chgrp dialout /dev/ttyAMA0" in said

    monkeypatch.setenv("RUNTIME_DIRECTORY", str(request.parent))
    for age_s, is_new in (
        (0.0, True),
        (REQUEST_PERIOD_S - 5.0, False),
        (REQUEST_PERIOD_S + 5.0, True),
    ):
        if request.exists():
            then = time.time() - age_s
            request.write_text("before")
            os.utime(request, (then, then))
        said = ask_for_port("/dev/ttyAMA0", tmp_path)
        assert said is not None
        assert "matfw-ports" in said
        assert (request.read_text() == "/dev/ttyAMA0\n") == is_new

    groups[port.stat().st_gid] = "dialout"
    assert ask_for_port("/dev/ttyAMA0", tmp_path) is None
    assert ask_for_port("/dev/nowhere", tmp_path) is None


def test_a_url_of_an_unknown_kind_is_wrong_usage() -> None:
    with pytest.raises(MatUsageError, match=r"telepathy.*name a device such as /dev/serial0"):
        check_port("telepathy://mat")
    check_port("/dev/nowhere")  # may come


def test_a_socket_is_a_port_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        link = open_serial(f"socket://127.0.0.1:{server.getsockname()[1]}")
        peer, _ = server.accept()
        with peer:
            peer.sendall(b"status\r")
            assert read(link, 7) == b"status\r"
            assert link.write(b"ok\r\n") == 4
            assert peer.recv(16) == b"ok\r\n"
        with pytest.raises(MatLinkError, match="its far end has closed"):
            link.read(LIMIT_S)
        link.close()


def test_a_port_without_a_descriptor_works_and_never_waits() -> None:
    link = open_serial("loop://")
    assert link.descriptor is None
    assert link.read(0.0) == b""
    assert link.write(b"hello") == 5
    assert link.read(0.0) == b"hello"
    for _ in range(100):  # 25 times what it holds
        link.write(b"x" * 1024)
    read(link, 4096)
    link.close()
    with pytest.raises(MatLinkError):
        link.write(b"x")


# --- a login shell on the port ---


@pytest.fixture
def pi(tmp_path: Path) -> Path:
    """Return the root of a Pi whose /dev/serial0 is ttyAMA0, number 204:64, and nobody on it."""
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/ttyAMA0").touch()
    (tmp_path / "dev/serial0").symlink_to("ttyAMA0")
    (tmp_path / "sys/class/tty/ttyAMA0").mkdir(parents=True)
    (tmp_path / "sys/class/tty/ttyAMA0/dev").write_text("204:64\n")
    process(tmp_path, 1, "systemd", b"/sbin/init\0", "/init.scope")
    process(
        tmp_path,
        300,
        "agetty",
        b"agetty\0-\0linux\0",
        "/system.slice/getty@tty1.service",
        tty_nr=1025,
    )
    process(tmp_path, 900, "bash", b"-bash\0", "/user.slice", tty_nr=34816)
    return tmp_path


def process(
    root: Path, pid: int, comm: str, cmdline: bytes, group: str, *, tty_nr: int = 0
) -> None:
    folder = root / "proc" / str(pid)
    folder.mkdir(parents=True)
    (folder / "comm").write_text(f"{comm}\n")
    (folder / "cmdline").write_bytes(cmdline)
    (folder / "cgroup").write_text(f"0::{group}\n")
    (folder / "stat").write_text(f"{pid} ({comm} (x) y) S 1 {pid} {pid} {tty_nr} -1 4194304 0\n")


def test_a_free_port_is_free(pi: Path) -> None:
    assert getty_on("/dev/serial0", pi) is None
    assert getty_on("/dev/ttyUSB0", pi) is None  # which is not there
    assert terminal_name("/dev/serial0", pi) == "ttyAMA0"


TTY_NUMBER = (204 << 8) | 64


@pytest.mark.parametrize(
    ("comm", "cmdline", "group", "tty_nr"),
    [
        # Bookworm: agetty on its standard input, so only its group and terminal tell.
        ("agetty", b"/sbin/agetty\0-o\0-p -- \\u\0-\0vt220\0",
         "/system.slice/system-serial\\x2dgetty.slice/serial-getty@ttyAMA0.service", 0),
        ("agetty", b"agetty\0-L\0115200\0ttyAMA0\0vt100\0", "/", 0),
        ("agetty", b"agetty\0-L\0115200\0/dev/ttyAMA0\0", "/", 0),
        ("login", b"/bin/login\0-p\0--\0", "/user.slice/session-1.scope", TTY_NUMBER),
    ],
)  # fmt: skip
def test_a_login_shell_is_seen_and_the_command_that_frees_the_port_is_named(
    pi: Path, comm: str, cmdline: bytes, group: str, tty_nr: int
) -> None:
    process(pi, 400, comm, cmdline, group, tty_nr=tty_nr)
    reported = getty_on("/dev/serial0", pi)
    assert reported is not None
    assert "a login shell has /dev/serial0" in reported
    assert "`sudo systemctl mask --now serial-getty@ttyAMA0.service`" in reported
    assert getty_on("/dev/ttyUSB0", pi) is None
    with pytest.raises(MatLinkError, match="login shell"):
        open_serial("/dev/serial0", pi)


def test_the_service_alone_tells_while_its_shell_restarts(pi: Path) -> None:
    slice_ = pi / "sys/fs/cgroup/system.slice/system-serial\\x2dgetty.slice"
    (slice_ / "serial-getty@ttyAMA0.service").mkdir(parents=True)
    assert getty_on("/dev/serial0", pi) is not None
    assert getty_on("/dev/ttyS0", pi) is None


def test_a_process_that_ends_meanwhile_is_no_harm(pi: Path) -> None:
    (pi / "proc/401").mkdir()
    (pi / "proc/402").mkdir()
    (pi / "proc/402/comm").write_text("agetty\n")
    assert getty_on("/dev/serial0", pi) is None
