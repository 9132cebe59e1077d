"""Any sequence of commands: one answer each, an error changes nothing, locked changes nothing."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from matfw.console.commands import COMMANDS
from matfw.console.workout_commands import CUE_NAMES
from matfw.messages import Presence
from matfw.settings.checks import check
from tests.control.fake_control import LINES, Talk

PIN = "2468"
LOOKS = ("status", "get", "diff", "version", "*IDN?", "syst:err?", "help", "side", "profile list")
# What changes something: refused while locked.
CHANGES = tuple(command.name for command in COMMANDS if command.is_guarded)
KEYS = (
    "workout.reps", "workout.side", "limits.roll_back_mm", "limits.too_small_deg", "layout",
    "person.height_m", "outputs.volume_percent", "tempo_s", "nothing", "rol",
)  # fmt: skip
VALUES = ("1", "12", "60", "130", "1e999", "nan", "left", "2-2-3", "1.7 m", "100 %", "hex6", "''")
NAMES = ("anna", "berta", "Dr. No!", "x" * 70, "none")
WIZARDS = ("menu", "calibrate", "calibrate trim", "calibrate anywhere 10")
TYPED = ("", "0", "1", "2", "3", "5", "7", "12", "10", "back", "leave", "at 1 2", "left", "x" * 600)
JUNK = st.text(st.characters(codec="utf-8"), max_size=40).filter(
    lambda text: bool(text.strip()) and not re.match(r"\s*(me|ta|ca|di|reb|rec|m|d|c|t|r)", text)
)
ANSWER = re.compile(r"ok|error E\d{3}: \S.*")


class Console(RuleBasedStateMachine):
    """One link, an empty mat that may be stepped on, a lock and people."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.talk = Talk(self.folder)
        self.talk.control.settings.save_calibration(LINES, note="a test")
        self.is_json = False
        self.checked = 0

    def teardown(self) -> None:
        self.talk.close()
        assert (self.talk.control.subscriptions, self.talk.control.measuring) == (0, None)
        shutil.rmtree(self.folder)

    def ask(self, line: str) -> bool:
        """Give a command that is answered at once; return whether it was done."""
        was_locked, before = self.talk.control.lock.is_locked, self.talk.control.state()
        lines = self.talk.ask(line)
        if self.is_json:
            replies = [json.loads(each) for each in lines]
            done = [bool(reply["ok"]) for reply in replies if "ok" in reply]
        else:
            done = [each == "ok" for each in lines if ANSWER.fullmatch(each)]
            assert ANSWER.fullmatch(lines[-1])
        assert len(done) == 1, lines
        if not done[0]:
            # A wrong PIN costs a try, which is what it is for.
            assert self.talk.control.state() == before, (line, lines)
        if was_locked and self.talk.control.lock.is_locked:
            assert self.talk.control.state() == before or line.startswith("cue"), (line, lines)
        return done[0]

    @rule(line=st.sampled_from(LOOKS))
    def look(self, line: str) -> None:
        assert self.ask(line)

    @rule(key=st.sampled_from(KEYS), value=st.sampled_from(VALUES))
    def set(self, key: str, value: str) -> None:
        self.ask(f"set {key} {value}")

    @rule(line=st.sampled_from(("save", "revert", "factory all", "factory workout.reps")))
    def keep(self, line: str) -> None:
        self.ask(line)

    @rule(what=st.sampled_from(("new", "use", "delete")), name=st.sampled_from(NAMES))
    def profile(self, what: str, name: str) -> None:
        self.ask(f'profile {what} "{name}"')

    @rule(line=st.sampled_from((
        "stop", "start", "start restart", "mute on", "mute off", "volume 30", "side left",
        "record one", "record stop", "stream 20", "stream 80 all", "stream 0", "tell all",
        "echo off", "echo on", "calibrate factory", "reboot yes", "lock", f"lock {PIN}", "lock 1",
        f"unlock {PIN}", "unlock 1111", f"unlock {PIN} forget",
    )))  # fmt: skip
    def do(self, line: str) -> None:
        self.ask(line)

    @rule(name=st.sampled_from((*CUE_NAMES, "trumpet")))
    def cue(self, name: str) -> None:
        assert self.ask(f"cue {name}") is (name in CUE_NAMES)

    @rule(line=JUNK)
    def junk(self, line: str) -> None:
        self.ask(line)

    @rule()
    def lock_up(self) -> None:
        self.ask("lock" if self.talk.control.lock.has_pin else f"lock {PIN}")
        assert self.talk.control.lock.is_locked

    @rule()
    def open_up(self) -> None:
        self.ask(f"unlock {PIN}")

    @precondition(lambda self: self.talk.control.lock.is_locked)
    @rule(data=st.data())
    def change_while_locked(self, data: st.DataObject) -> None:
        """With arguments that would be right, so that the lock alone refuses."""
        arguments = {
            "set": "workout.reps 7", "side": "left", "mute": "on", "volume": "1",
            "record": "locked", "factory": "all", "profile": "new locked", "reboot": "yes",
            "workout": "go", "plan": "none", "people": "forget somebody",
        }  # fmt: skip
        for name in data.draw(st.permutations(CHANGES)):
            assert not self.ask(f"{name} {arguments.get(name, '')}")
            assert "E601" in self.talk.lines[-1]

    @rule(is_json=st.booleans())
    def mode(self, is_json: bool) -> None:
        self.ask(f"mode {'json' if is_json else 'text'}")
        self.is_json = is_json

    @rule(line=st.sampled_from(("tare", "tare anyway", "diagnose")), waiting=st.sampled_from(LOOKS),
          seconds=st.sampled_from((0.2, 4.0, 20.0)), steps_on=st.booleans())  # fmt: skip
    def work(self, line: str, waiting: str, seconds: float, steps_on: bool) -> None:
        """Work with a line that waits behind it, broken off or finished."""
        before = self.talk.control.state()
        lines = self.talk.ask(line)
        lines += self.talk.ask(waiting)
        if steps_on:
            self.talk.control.put(Presence.UNSETTLED, 40.0)
        lines += self.talk.wait(seconds)
        start = len(self.talk.lines)
        self.talk.conversation.interrupt()
        lines += self.talk.lines[start:]
        answers = self.answers(lines)
        assert len(answers) == 2, lines
        if line.startswith("tare") and not answers[0]:
            assert self.talk.control.state() == before
        if line.startswith("tare") and steps_on:
            assert not answers[0]
        self.talk.control.put(Presence.EMPTY, 0.3)

    @rule(line=st.sampled_from(WIZARDS), typed=st.lists(st.sampled_from(TYPED), max_size=8))
    def wander(self, line: str, typed: list[str]) -> None:
        """Among pages and questions; whatever is typed there is no command."""
        lines = self.talk.ask(line)
        for each in typed:
            if self.talk.conversation.is_asking:
                lines += self.talk.ask(each)
            lines += self.talk.wait(0.2)
        for _ in range(3):  # the command in the menu, then the menu
            start = len(self.talk.lines)
            if self.talk.conversation.is_asking or self.talk.conversation.is_busy:
                self.talk.conversation.interrupt()
            lines += self.talk.lines[start:]
        assert len(self.answers(lines)) == 1, lines

    @rule(seconds=st.sampled_from((0.1, 3.0, 10.0)))
    def wait(self, seconds: float) -> None:
        assert not self.answers(self.talk.wait(seconds))

    def answers(self, lines: list[str]) -> list[bool]:
        """Return whether each command that ended in these lines was done."""
        if self.is_json:
            replies = [json.loads(each) for each in lines]
            return [reply["ok"] for reply in replies if "ok" in reply]
        return [each == "ok" for each in lines if ANSWER.fullmatch(each)]

    @invariant()
    def nothing_of_ours_failed(self) -> None:
        fresh, self.checked = self.talk.lines[self.checked :], len(self.talk.lines)
        assert not any("E599" in line for line in fresh)
        assert all(line.isprintable() for line in fresh)
        assert not self.talk.conversation.is_busy
        assert not self.talk.conversation.is_asking

    @invariant()
    def what_is_kept_can_be_read_again(self) -> None:
        check(self.talk.control.settings.settings)


Console.TestCase.settings = settings(
    max_examples=35, stateful_step_count=30, deadline=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),  # to explain takes ten times as long
)  # fmt: skip
TestConsole = Console.TestCase
