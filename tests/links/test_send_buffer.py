"""What a slow reader misses are notifications, never an answer; and it is sent how many."""

from __future__ import annotations

import re

import pytest

from matfw.links.send_buffer import FULL_BYTES, UNASKED_BYTES, SendBuffer


class Slow:
    """A link that takes so many bytes, and no more until it is given room."""

    descriptor = None

    def __init__(self, room: int = 0) -> None:
        self.room = room
        self.taken = b""

    def read(self, timeout_s: float) -> bytes:  # noqa: ARG002  the port's
        return b""

    def write(self, data: bytes) -> int:
        done = data[: self.room]
        self.room -= len(done)
        self.taken += done
        return len(done)

    def close(self) -> None:
        pass


def say(send_buffer: SendBuffer, line: str) -> None:
    send_buffer.put(send_buffer.say(line))


def test_lines_end_as_terminals_want_it() -> None:
    send_buffer, link = SendBuffer(), Slow(room=100)
    say(send_buffer, "größe")
    send_buffer.send(link)
    assert link.taken == "größe\r\n".encode()
    assert len(send_buffer) == 0


@pytest.mark.parametrize(
    ("notification", "answer", "reported"),
    [
        ("// stream x=1", "ok", r"^// (\d+) lines are missing here"),
        ('{"event":"stream"}', '{"id":null,"ok":true}', r'^{"event":"missed","lines":(\d+)}'),
    ],
)
def test_a_far_end_that_does_not_read_misses_notifications_but_no_answer(
    notification: str, answer: str, reported: str
) -> None:
    send_buffer, link = SendBuffer(), Slow()
    for number in range(20_000):
        say(send_buffer, notification)
        if number % 1000 == 999:
            say(send_buffer, answer)
        send_buffer.send(link)
        assert len(send_buffer) < UNASKED_BYTES + 40 * 100
    link.room = 10**9
    send_buffer.send(link)
    got = link.taken.decode().split("\r\n")[:-1]
    counts = [int(match[1]) for line in got if (match := re.match(reported, line))]
    assert got.count(answer) == 20
    assert got.count(notification) + sum(counts) == 20_000
    assert send_buffer.dropped == sum(counts) > 0


def test_a_wizards_question_is_no_notification() -> None:
    send_buffer = SendBuffer()
    send_buffer.put("x" * UNASKED_BYTES)
    assert send_buffer.say('{"event":"ask","id":1,"lines":["Weight?"]}')
    assert not send_buffer.say('{"event":"stream"}')


def test_it_says_when_the_far_end_must_read_first() -> None:
    send_buffer, link = SendBuffer(), Slow()
    send_buffer.put("x" * (FULL_BYTES - 1))
    assert not send_buffer.is_full
    send_buffer.put("x")
    assert send_buffer.is_full
    link.room = 10
    send_buffer.send(link)
    assert not send_buffer.is_full
