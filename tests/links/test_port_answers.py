"""What answers at a port that is no firmware is named, with what to do."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from matfw.devices.serial_link import open_serial
from matfw.errors import MatLinkError
from matfw.links.client import Client
from tests.far_end import cable


def answering(replies: Sequence[bytes]) -> str:
    """Return a client's error at a port that answers this to whatever it sends."""
    with cable() as far:
        link = open_serial(far.port)
        is_over = threading.Event()

        def reply() -> None:
            left = list(replies)
            while not is_over.is_set():
                if far.listen(0.02) and left:
                    far.send(left.pop(0))

        thread = threading.Thread(target=reply)
        thread.start()
        try:
            with pytest.raises(MatLinkError) as caught:
                Client(far.port, link, answer_limit_s=0.3).be_quiet()
        finally:
            is_over.set()
            thread.join()
            link.close()
        assert far.port in str(caught.value)
        return str(caught.value)


def test_silence_is_named() -> None:
    reported = answering([])
    assert "nothing answers at 115200 baud" in reported
    assert "TX and RX" in reported


def test_a_login_shell_is_named_with_what_frees_the_port() -> None:
    reported = answering(
        [b"\r\nDebian GNU/Linux 12 mat ttyAMA0\r\n\r\nmat login: ", b"\r\nPassword: "]
    )
    assert "login shell" in reported
    assert "systemctl mask --now serial-getty@" in reported


def test_something_else_is_named() -> None:
    assert "what answers is not matfw" in answering([b"RTFM\r\n", b"ERROR\r\n"])
