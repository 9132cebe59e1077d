"""Clients of the console's socket that nobody uses give way; real sockets, virtual time."""

from __future__ import annotations

import queue
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from matfw.devices.byte_link import ByteLink
from matfw.links.hub import IDLE_S, SOCKET_CLIENTS, ConsoleLinks
from matfw.ports import Link
from tests.control.fake_control import FakeControl

LIMIT_S = 20.0


class Clients:
    """Hands over one end of a socket pair for each client that comes."""

    def __init__(self) -> None:
        self._coming: queue.SimpleQueue[Link] = queue.SimpleQueue()
        self._ends: list[socket.socket] = []

    def accept(self, timeout_s: float) -> Link | None:
        try:
            return self._coming.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def come(self) -> socket.socket:
        near, far = socket.socketpair()
        self._ends += [near, far]
        far.settimeout(LIMIT_S)
        self._coming.put(ByteLink("a client", near.fileno(), near.close))
        return far

    def close(self) -> None:
        for end in self._ends:
            end.close()


class House:
    """All places taken."""

    def __init__(self, folder: Path) -> None:
        self.control = FakeControl(folder)
        self.listener = Clients()
        self.links = ConsoleLinks(self.control, lambda _: None, now_s=self.control.clock.now_s)
        self.links.listen(self.listener)
        self.clients = [self.listener.come() for _ in range(SOCKET_CLIENTS)]
        for client in self.clients:
            ask(client, "version")

    def close(self) -> None:
        self.links.close()
        self.listener.close()
        self.control.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


def ask(client: socket.socket, line: str) -> str:
    client.sendall(f"{line}\r".encode())
    heard = b""
    while b"ok\r\n" not in heard:
        more = client.recv(4096)
        assert more, heard
        heard += more
    return heard.decode()


def rest_of(client: socket.socket) -> str:
    heard = b""
    while more := client.recv(4096):
        heard += more
    return heard.decode()


def test_a_ninth_is_refused_while_all_are_used(house: House) -> None:
    house.control.clock.advance_s(IDLE_S - 1.0)
    assert rest_of(house.listener.come()).startswith("// 8 clients talk already")


def test_the_one_that_was_idle_longest_gives_way(house: House) -> None:
    house.control.clock.advance_s(IDLE_S)
    for client in (*house.clients[:3], *house.clients[4:]):
        ask(client, "version")
    house.control.clock.advance_s(1.0)
    ninth = house.listener.come()
    assert "matfw" in ask(ninth, "version")
    assert "gives way" in rest_of(house.clients[3])
    ask(house.clients[0], "version")


def test_whoever_reads_a_stream_is_not_idle(house: House) -> None:
    for client in house.clients:
        ask(client, "stream 80")
    house.control.clock.advance_s(IDLE_S + 1.0)
    for _ in range(2):  # when the second comes the first has been noted
        house.control.play(0.5)
        for client in house.clients:
            assert b"stream" in client.recv(65536)
    assert rest_of(house.listener.come()).startswith("// 8 clients talk already")


def test_a_wizard_of_a_client_that_gives_way_gives_the_mat_back(house: House) -> None:
    house.clients[0].sendall(b"calibrate\r")
    assert b"LAY" in (heard := house.clients[0].recv(4096)) or b"VIRTUAL" in heard
    assert house.control.measuring == "calibrate"
    house.control.clock.advance_s(IDLE_S + 1.0)
    for client in house.clients[1:]:
        ask(client, "version")
    ask(house.listener.come(), "version")
    rest_of(house.clients[0])
    assert house.control.measuring is None
