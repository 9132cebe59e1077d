"""25,000 lines of whatever: one answer each, no fault of ours, no memory that grows."""

from __future__ import annotations

import gc
import json
import re
import sys
from pathlib import Path

import pytest

from tests.control.fake_control import LINES, Talk
from tests.fuzz.console_lines import lines

COUNT = 25_000
WARM_UP = 10_000  # until caches (regular expressions, settings' rows) are full
GROWTH_BLOCKS = 4000  # of Python's memory, in 15,000 lines: one object kept a line is 15,000
POLL_EVERY = 50  # lines; a link polls 20 times a second
ANSWER = re.compile(r"ok|error E[1-6]\d\d: \S.*")


class Counting(Talk):
    """Counts answers instead of keeping the lines."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.count = 0
        self.failed: list[str] = []

    def settle(self) -> None:
        """Look at the lines, and forget them."""
        for line in self.lines:
            assert line.isprintable()
            if line.startswith("{"):
                reply = json.loads(line)
                assert ("ok" in reply) is not ("event" in reply)
                self.count += "ok" in reply
            else:
                self.count += ANSWER.fullmatch(line) is not None
            if "E599" in line:
                self.failed.append(line)
        self.lines.clear()


@pytest.mark.timeout(300)  # 4 s alone, on a busy machine many times that
def test_tens_of_thousands_of_lines_get_an_answer_each(tmp_path: Path) -> None:
    talk = Counting(tmp_path)
    talk.control.settings.save_calibration(LINES, note="a test")
    commands = asides = 0
    before = 0
    for number, line in enumerate(lines(COUNT, seed=1)):
        is_answer = talk.conversation.is_asking
        talk.conversation.line(line)
        commands += not is_answer and bool(line.strip())
        asides += is_answer and bool(line.strip())
        if number % POLL_EVERY == 0:
            talk.control.play(0.05)
            talk.conversation.poll()
        if number % 997 == 0:  # a person's Ctrl-C, so that no wizard keeps all the rest
            talk.conversation.interrupt()
        talk.settle()
        if number == WARM_UP:
            gc.collect()
            before = sys.getallocatedblocks()
    for _ in range(2):
        talk.conversation.interrupt()
    talk.settle()
    gc.collect()
    after = sys.getallocatedblocks()
    assert talk.failed == []
    # What has an id is answered beside a job too, and a job's own answers end in none.
    assert commands <= talk.count <= commands + asides
    assert after - before < GROWTH_BLOCKS
    talk.conversation.close()
    assert talk.control.subscriptions == 0
