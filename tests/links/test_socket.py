"""The socket: whose it is, what it takes over, and what it leaves alone."""

from __future__ import annotations

import os
import socket
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from matfw.cli.consoles import SERVICE_RUN, SERVICE_STATE, sockets_of
from matfw.devices.console_socket import ConsoleSocket, connect
from matfw.errors import MatLinkError
from matfw.ports import Link
from tests.far_end import LIMIT_S


def test_the_socket_is_for_its_user_and_group_and_goes_when_closed(tmp_path: Path) -> None:
    path = tmp_path / "run" / "console.sock"
    listener = ConsoleSocket(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o660
    assert listener.accept(0.0) is None
    client = connect([tmp_path / "no.sock", path])
    link = listener.accept(LIMIT_S)
    assert link is not None
    client.write(b"status\r")
    assert link.read(LIMIT_S) == b"status\r"
    client.close()
    with pytest.raises(MatLinkError, match="far end has closed"):
        link.read(LIMIT_S)
    link.close()
    listener.close()
    assert not path.exists()


def test_many_who_come_at_once_are_let_in_one_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "console.sock"
    listener = ConsoleSocket(path)
    links: list[Link] = []
    knocking = [threading.Thread(target=lambda: links.append(connect([path]))) for _ in range(40)]
    for thread in knocking:
        thread.start()
    accepted = [listener.accept(LIMIT_S) for _ in knocking]
    for thread in knocking:
        thread.join()
    assert len(links) == 40
    for link in (*links, *accepted):
        assert link is not None
        link.close()
    listener.close()


def test_one_that_can_be_found_can_be_reached(tmp_path: Path) -> None:
    """A firmware that starts is neither missed by a client nor taken for one that was killed."""
    with ThreadPoolExecutor(1) as thread:
        for n in range(200):
            path = tmp_path / str(n)
            starting = thread.submit(ConsoleSocket, path)
            while not path.exists():
                pass
            connect([path]).close()
            starting.result().close()
    assert list(tmp_path.iterdir()) == []


def test_one_that_lets_nobody_in_is_called_busy_and_not_absent(tmp_path: Path) -> None:
    path = tmp_path / "console.sock"
    with socket.socket(socket.AF_UNIX) as busy:
        busy.bind(str(path))
        busy.listen(0)
        waiting = connect([path])
        with pytest.raises(MatLinkError, match="matfw is there, but has let nobody in") as caught:
            connect([path], wait_s=0.1)
        waiting.close()
    assert not caught.value.is_absent


def test_what_a_killed_firmware_left_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "console.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    listener = ConsoleSocket(path)
    connect([path]).close()
    listener.close()


def test_another_firmwares_socket_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "console.sock"
    first = ConsoleSocket(path)
    with pytest.raises(
        MatLinkError, match=rf"another matfw \(process {os.getpid()}\) answers .*--state"
    ):
        ConsoleSocket(path)
    connect([path]).close()
    first.close()


def test_a_file_in_the_way_is_not_deleted(tmp_path: Path) -> None:
    path = tmp_path / "console.sock"
    path.write_text("precious")
    with pytest.raises(MatLinkError, match="is no socket: move it away"):
        ConsoleSocket(path)
    assert path.read_text() == "precious"


def test_a_socket_that_was_replaced_is_not_taken_away(tmp_path: Path) -> None:
    path = tmp_path / "console.sock"
    first = ConsoleSocket(path)
    path.unlink()
    second = ConsoleSocket(path)
    first.close()
    connect([path]).close()
    second.close()


def test_a_path_too_long_and_a_folder_that_is_none_are_explained(tmp_path: Path) -> None:
    with pytest.raises(MatLinkError, match="at most 107"):
        ConsoleSocket(tmp_path / ("x" * 120) / "console.sock")
    (tmp_path / "file").touch()
    with pytest.raises(MatLinkError, match="no console socket at"):
        ConsoleSocket(tmp_path / "file" / "console.sock")


def test_the_services_socket_is_found_unless_another_is_meant(tmp_path: Path) -> None:
    service = SERVICE_RUN / "console.sock"
    assert sockets_of(tmp_path, is_chosen=False) == [tmp_path / "console.sock", service]
    assert sockets_of(tmp_path, is_chosen=True) == [tmp_path / "console.sock"]
    assert service in sockets_of(SERVICE_STATE, is_chosen=True)
