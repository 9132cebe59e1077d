"""What a slow reader misses is news, never an answer; and it is told how much."""

from __future__ import annotations

import re

import pytest

from matfw.links.send_buffer import FULL_BYTES, UNASKED_BYTES, Outbox


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


def say(outbox: Outbox, line: str) -> None:
    outbox.put(outbox.say(line))


def test_lines_end_as_terminals_want_it() -> None:
    outbox, link = Outbox(), Slow(room=100)
    say(outbox, "größe")
    outbox.send(link)
    assert link.taken == "größe\r\n".encode()
    assert len(outbox) == 0


@pytest.mark.parametrize(
    ("news", "answer", "told"),
    [
        ("// stream x=1", "ok", r"^// (\d+) lines are missing here"),
        ('{"event":"stream"}', '{"id":null,"ok":true}', r'^{"event":"missed","lines":(\d+)}'),
    ],
)
def test_a_far_end_that_does_not_read_misses_news_is_told_and_gets_every_answer(
    news: str, answer: str, told: str
) -> None:
    outbox, link = Outbox(), Slow()
    for number in range(20_000):
        say(outbox, news)
        if number % 1000 == 999:
            say(outbox, answer)
        outbox.send(link)
        assert len(outbox) < UNASKED_BYTES + 40 * 100
    link.room = 10**9
    outbox.send(link)
    got = link.taken.decode().split("\r\n")[:-1]
    counts = [int(match[1]) for line in got if (match := re.match(told, line))]
    assert got.count(answer) == 20
    assert got.count(news) + sum(counts) == 20_000
    assert outbox.dropped == sum(counts) > 0


def test_a_wizards_question_is_no_news() -> None:
    outbox = Outbox()
    outbox.put("x" * UNASKED_BYTES)
    assert outbox.say('{"event":"ask","id":1,"lines":["Weight?"]}')
    assert not outbox.say('{"event":"stream"}')


def test_it_says_when_the_far_end_must_read_first() -> None:
    outbox, link = Outbox(), Slow()
    outbox.put("x" * (FULL_BYTES - 1))
    assert not outbox.is_full
    outbox.put("x")
    assert outbox.is_full
    link.room = 10
    outbox.send(link)
    assert not outbox.is_full
