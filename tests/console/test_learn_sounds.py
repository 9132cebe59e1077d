"""`learn sounds`: each sound after its name, one at a time, then three to recognise."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from matfw.console.sounds_job import LearnSounds
from matfw.control.errors import ConsoleError
from matfw.messages import cue_named
from matfw.sounds.earcons import pattern_s
from matfw.sounds.lesson import ASKED, LESSON
from tests.control.fake_control import Talk


class FakeContext:
    """A console's context of which the lesson needs little."""

    def __init__(self, talk: Talk) -> None:
        self.control = talk.control
        self.t_s = 5.0
        self.lines: list[str] = []

    def now_s(self) -> float:
        return self.t_s

    def progress(self, text: str) -> None:
        self.lines.append(text)


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    talk = Talk(tmp_path)
    yield talk
    talk.close()


def taught(job: LearnSounds, context: FakeContext, shown: list[tuple[float, str]]) -> None:
    """Let time pass until it asks."""
    while job.prompt is None:
        before = len(context.control.outputs.shown)
        assert job.poll() is None
        shown += [(context.t_s, cue) for _, cue in context.control.outputs.shown[before:]]
        context.t_s += 0.05


def test_each_sound_comes_after_its_name_and_three_are_asked(talk: Talk) -> None:
    context, shown = FakeContext(talk), []  # type: ignore[var-annotated]
    job = LearnSounds(context)  # type: ignore[arg-type]
    taught(job, context, shown)
    assert [cue for _, cue in shown[:-1]] == list(LESSON)
    assert [line.partition(":")[0] for line in context.lines[1:]] == list(LESSON)
    for (t_s, cue), (next_s, _) in pairwise(shown):
        assert next_s - t_s > pattern_s(cue_named(cue)), "one at a time"
    done = None
    for number in range(ASKED):
        taught(job, context, shown)
        done = job.answer(shown[-1][1] if number else "1")
    assert done is not None
    assert done.data["asked"] == ASKED
    assert ASKED - 1 <= int(str(done.data["right"])) <= ASKED


def test_it_can_be_left(talk: Talk) -> None:
    job = LearnSounds(FakeContext(talk))  # type: ignore[arg-type]
    with pytest.raises(ConsoleError, match="left by Ctrl-C"):
        job.interrupt()
