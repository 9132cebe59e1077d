"""A client's screen: the device makes answers for it, and the client shows the device's prompts."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from matfw.console.conversation import PROMPT
from matfw.devices.byte_link import ByteLink
from matfw.display import console_screen
from matfw.display.console_screen import ConsoleScreen
from matfw.links.client import Client
from matfw.links.session import LinkSession
from tests.control.fake_control import FakeControl


class Pair:
    """A device's session and its client, on two ends of a socket."""

    def __init__(self, folder: Path, *, is_terminal: bool = False) -> None:
        self.control = FakeControl(folder)
        self._near, self._far = socket.socketpair()
        link = ByteLink("near", self._near.fileno(), self._near.close)
        self.session = LinkSession(
            "near", link, self.control, threading.Event(), is_terminal=is_terminal,
            now_s=self.control.clock.now_s,
        )  # fmt: skip
        self.client = self.another()

    def another(self) -> Client:
        """Return a client on the same cable, as when `matfw console` is begun once more."""
        return Client("far", ByteLink("far", self._far.fileno(), lambda: None))

    def ask(self, text: str) -> list[str]:
        self.client.send(f"{text}\r")
        return self.answer()

    def answer(self) -> list[str]:
        """Let the session run until it writes no more; return what it wrote."""
        self.session.plain_step()
        while len(self.session.line_reader):
            self.session.plain_step()
        return self.client.received(0.0)

    def close(self) -> None:
        self.session.conversation.close()
        self._near.close()
        self._far.close()
        self.control.close()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    pair = Pair(tmp_path)
    yield pair
    pair.close()


def test_a_program_gets_no_prompt(pair: Pair) -> None:
    assert [line for line in pair.ask("version") if line.startswith("// prompt")] == []


def test_a_client_with_a_screen_gets_every_prompt_after_its_answer(pair: Pair) -> None:
    pair.client.tell_size(80, 24)
    assert pair.answer() == [f"// prompt {PROMPT}"]
    assert pair.ask("version")[-2:] == ["ok", f"// prompt {PROMPT}"]
    assert pair.ask("calibrate 10")[-1] == "// prompt calibrate> "
    assert pair.ask("leave")[-1] == f"// prompt {PROMPT}"
    assert pair.ask("menu")[-1] == "// prompt number> "
    assert pair.ask("0")[-2:] == ["ok", f"// prompt {PROMPT}"]
    assert pair.ask("diagnose")[-1] == "// prompt ", "nothing is asked while it works"
    assert pair.ask("")[-1:] == ["// prompt "]


@pytest.mark.parametrize("size", ["", "80", "80 24 1", "-80 24", "8e1 24", "9" * 5000 + " 24"])
def test_what_is_no_size_tells_of_no_screen(pair: Pair, size: str) -> None:
    pair.client.send(f"\x0e{size}\r")
    assert pair.answer() == []
    assert pair.ask("version")[-1] == "ok"


def test_answers_are_made_for_the_clients_screen(pair: Pair) -> None:
    pair.client.tell_size(40, 12)
    pair.answer()
    page = pair.ask("help")
    assert len(page) == 11, "a page and the prompt"
    assert max(len(line) for line in page[:-1]) <= 40
    assert page[-1].startswith("// prompt -- ")


def test_a_cable_that_was_pulled_and_put_back_ends_no_wizard(tmp_path: Path) -> None:
    pair = Pair(tmp_path, is_terminal=True)
    try:
        pair.session.conversation.echo = False
        asked = pair.ask("calibrate 10")
        pair.client = pair.another()
        found: list[bool] = []
        asking = threading.Thread(target=lambda: found.append(pair.client.is_quiet()))
        asking.start()
        while asking.is_alive():
            pair.session.plain_step()
        assert found == [True]
        assert pair.control.measuring == "calibrate"
        pair.client.tell_size(200, 50)
        assert pair.answer() == ["// prompt calibrate> "]
        assert [line for line in pair.ask("") if "Step 1" in line] == [
            line for line in asked if "Step 1" in line
        ]
    finally:
        pair.close()


def test_a_device_that_echoes_to_a_person_is_not_quiet(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    try:
        assert not Client("far", pair.another().link, answer_limit_s=0.05).is_quiet()
    finally:
        pair.close()


@pytest.mark.parametrize(
    ("prompt", "sent", "words"),
    [
        ("calibrate> ", ["\r"], "// it is back"),
        (PROMPT, [], "// it is back; what was under way there has ended"),
    ],
)
def test_the_screen_has_a_wizards_step_repeated_when_the_device_is_back(
    pair: Pair, prompt: str, sent: list[str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[str] = []
    shown: list[str] = []
    monkeypatch.setattr(console_screen, "show", shown.extend)

    class Spy(Client):
        def send(self, text: str) -> None:
            printed.append(text)

    screen = ConsoleScreen(Spy("far", pair.client.link), lambda: pair.client)
    screen._is_back = True
    asyncio.run(screen._take_prompt(prompt))
    assert screen.prompt == prompt
    assert printed == sent
    assert shown == [words]
    asyncio.run(screen._take_prompt(prompt))
    assert printed == sent, "once"
