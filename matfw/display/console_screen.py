"""`matfw console` for a person: line editing here, completion asked of the device, a live picture.

Two words are this program's own: `watch` and `exit`. Every other line is the device's.
"""

from __future__ import annotations

import asyncio
import functools
import os
import shutil
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress

import msgspec
from prompt_toolkit import print_formatted_text
from prompt_toolkit.application import get_app, run_in_terminal
from prompt_toolkit.formatted_text import FormattedText

from matfw.console.conversation import PROMPT
from matfw.console.screen import ScreenSize, wrapped
from matfw.display.picture import Picture, drawing_console
from matfw.display.remote_view import ASK, LEAVE, RemoteView
from matfw.display.view import SILENT_S
from matfw.errors import MatLinkError
from matfw.links.client import COMPLETE, END_LINE, Client, is_error
from matfw.links.line_reader import ENQ
from matfw.links.session import PROMPT as PROMPT_LINE
from matfw.links.terminal import Interrupted, RecentHistory, line_session

ANSWER_S = 0.5  # how long the prompt waits for an answer, so that it comes below it
COMPLETE_S = 1.0
REOPEN_S = 0.5  # between two tries to reach a device that has gone
ASK_AGAIN_S = 2.0  # between two tries to get the picture going again
AWAKE = "\x03\rmode text\recho off\r"  # of a serial device that has restarted
NUMBERS, END_NUMBERS = ("stream 2",), ("stream 0",)
POLL_S = 0.05
NO_PICTURE = "it takes a terminal that can draw, and `pip install rich`"
OWN_WORDS = ("exit", "watch")
SECRET = ("lock", "unlock")  # what follows these, or a beginning of them, is a PIN
HELLO = "`help` lists the commands, `watch` shows the mat live, Ctrl-D leaves."


class ConsoleScreen:
    """One person at a terminal, one device."""

    def __init__(self, client: Client, reopen: Callable[[], Client]) -> None:
        """Take the device's client, and what gives another once the device has gone.

        reopen raises MatLinkError as long as there is none.
        """
        self.client = client
        self.prompt = PROMPT  # as the device says
        self._reopen = reopen
        self._size: ScreenSize | None = None  # as the device was set
        self._is_back = False  # and has not written its question yet
        self._asked_s = 0.0  # when the device was last asked for what `watch` shows
        self._heard_s = 0.0
        self._has_numbers = False
        self._kept: list[str] = []  # lines that came while completions were waited for
        self._answered = asyncio.Event()
        self._remote: RemoteView | None = None
        self._drawn: Picture | None = None

    def run(self) -> None:
        """Talk until the person leaves; a device that goes is waited for."""
        # Every other terminal answers where its cursor is; nothing here needs to know it.
        os.environ.setdefault("PROMPT_TOOLKIT_NO_CPR", "1")
        print_formatted_text(HELLO)
        asyncio.run(self._run())

    def complete(self, text: str) -> list[str]:
        """Return what the device says that the last word may become."""
        self._send(f"{ENQ}{text}\r")
        end_s = time.monotonic() + COMPLETE_S
        own = [word for word in OWN_WORDS if word.startswith(text)]
        while time.monotonic() < end_s:
            try:
                lines = self.client.received(POLL_S)
            except MatLinkError:  # `_receive` meets it too, and waits
                return own
            answers = [line for line in lines if line.startswith(COMPLETE)]
            self._kept += [line for line in lines if line not in answers]
            if answers:
                return sorted([*answers[-1].removeprefix(COMPLETE).split(), *own])
        return own

    async def _run(self) -> None:
        tasks = [asyncio.ensure_future(self._type()), asyncio.ensure_future(self._receive())]
        done, others = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in others:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        for task in done:
            task.result()

    async def _type(self) -> None:
        """Take lines from the person to the device."""
        prompt = line_session(self, RecentHistory(is_secret))
        while True:
            self._tell_size()
            try:
                line = (await prompt.prompt_async()).strip()
            except Interrupted:
                self._send("\x03")
                continue
            except EOFError:
                return
            is_command = self.prompt in (PROMPT, "")  # else a wizard's question is answered
            if is_command and line == "exit":
                return
            if line == "watch":
                if is_command:
                    await self._watch()
                else:
                    show(["// watch: not while something is asked here: Ctrl-C leaves that"])
                continue
            await self._say(line)

    async def _say(self, line: str) -> None:
        """Send a line; wait for its answer a little, so that the prompt comes below it."""
        self._tell_size()  # a window may have been made larger
        self._answered.clear()
        self._send(f"{line}\r")
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_S):
                await self._answered.wait()

    def _tell_size(self) -> None:
        size = screen_size()
        if size != self._size:
            self._size = size
            with suppress(MatLinkError):  # `_receive` meets it too
                self.client.tell_size(size.columns, size.rows)

    async def _receive(self) -> None:
        """Show what the device says."""
        while True:
            try:
                await readable(self.client.link.descriptor, POLL_S)
                lines, self._kept = [*self._kept, *self.client.received(0.0)], []
            except (MatLinkError, OSError) as error:
                await self._wait_for_device(error)
                continue
            if lines:
                self._heard_s = time.monotonic()
            await self._look_for_silence()
            if END_LINE in lines:
                return
            prompts = [line for line in lines if line.startswith(PROMPT_LINE)]
            lines = [line for line in lines if line not in prompts]
            if self._remote is not None:
                self._follow(lines)
            elif lines:
                await run_in_terminal(functools.partial(show, lines))
            if prompts:
                await self._take_prompt(prompts[-1].removeprefix(PROMPT_LINE))
                self._answered.set()

    async def _take_prompt(self, prompt: str) -> None:
        """Show the device's own prompt; of a device that is back, say what it is about."""
        self.prompt = prompt
        if self._is_back and self._remote is None and not self._has_numbers:
            ended = "; what was under way there has ended" if prompt == PROMPT else ""
            await run_in_terminal(functools.partial(show, [f"// it is back{ended}"]))
            if prompt not in (PROMPT, ""):
                self._send("\r")  # which measures and changes nothing: the question comes again
        self._is_back = False
        get_app().invalidate()

    async def _watch(self) -> None:
        """Show the live picture until a key is pressed; rows of numbers where none can be drawn."""
        console = drawing_console(sys.stdout)
        if console is None:
            show([f"// no picture here ({NO_PICTURE}): numbers until a key is pressed"])
            self._has_numbers = True
        else:
            self._remote = RemoteView(time.monotonic)
        self._heard_s = time.monotonic()
        picture: AbstractContextManager[Picture | None] = (
            nullcontext() if console is None else Picture(console)
        )
        try:
            with picture as self._drawn, keys_at_once():
                self._ask()
                with suppress(KeyboardInterrupt):
                    await readable(sys.stdin.fileno(), None)
                    os.read(sys.stdin.fileno(), 64)
                leaving = END_NUMBERS if console is None else LEAVE
                self._send("".join(f"{line}\r" for line in leaving))
                await asyncio.sleep(ANSWER_S)  # what still comes is JSON, and not for eyes
        finally:
            self._remote = self._drawn = None
            self._has_numbers = False

    def _ask(self) -> None:
        """Ask the device for what `watch` shows."""
        self._asked_s = time.monotonic()
        lines = NUMBERS if self._has_numbers else ASK
        self._send("".join(f"{line}\r" for line in lines))

    def _send(self, text: str) -> None:
        with suppress(MatLinkError):  # `_receive` meets it too, and waits for the device
            self.client.send(text)

    async def _look_for_silence(self) -> None:
        """Say within 2 s that what `watch` shows is old, and ask again: a device may be new."""
        if self._remote is None and not self._has_numbers:
            return
        now_s = time.monotonic()
        if self._remote is not None and self._drawn is not None:
            silent = self._remote.silent
            if silent is None:
                return
            self._drawn.update(silent)
        elif now_s - max(self._heard_s, self._asked_s) < SILENT_S:
            return
        if now_s - self._asked_s >= ASK_AGAIN_S:
            if self._has_numbers:
                show([f"// nothing has come for {now_s - self._heard_s:.0f} s: the numbers above"
                      " are old; any key leaves"])  # fmt: skip
            self._send(AWAKE)
            self._ask()

    async def _wait_for_device(self, error: Exception) -> None:
        """Try until the device is there again; go on with what is shown."""
        if self._remote is None:
            await run_in_terminal(
                functools.partial(show, [f"// {error}: waiting for it, Ctrl-D leaves"])
            )
        while True:
            await self._look_for_silence()
            await asyncio.sleep(REOPEN_S)
            try:
                client = await asyncio.to_thread(self._reopen)
            except MatLinkError:
                continue
            self.client.link.close()
            self.client = client
            break
        self._is_back, self._size = True, None
        self._tell_size()
        if self._remote is not None or self._has_numbers:
            self._ask()

    def _follow(self, lines: list[str]) -> None:
        for line in lines:
            try:
                fields = msgspec.json.decode(line)
            except msgspec.DecodeError:
                continue  # the `ok` of `mode json` itself
            if self._remote is None or not isinstance(fields, dict):
                continue
            if self._remote.take(fields) and self._drawn is not None and self._remote.view:
                self._drawn.update(self._remote.view)


async def readable(descriptor: int | None, timeout_s: float | None) -> None:
    """Wait until a descriptor has something to read, or for timeout_s."""
    if descriptor is None:
        await asyncio.sleep(POLL_S)
        return
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(descriptor, ready.set)
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await ready.wait()
    finally:
        loop.remove_reader(descriptor)


@contextmanager
def keys_at_once() -> Iterator[None]:
    """Have the terminal give keys as they are pressed, Ctrl-C as one of them; put it back after."""
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    tty.setcbreak(descriptor)
    now = termios.tcgetattr(descriptor)
    now[3] &= ~termios.ISIG
    termios.tcsetattr(descriptor, termios.TCSADRAIN, now)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def screen_size() -> ScreenSize:
    """Return the size of the terminal."""
    columns, rows = shutil.get_terminal_size((ScreenSize().columns, ScreenSize().rows))
    return ScreenSize(columns, rows)


def show(lines: list[str]) -> None:
    """Print lines, coloured by what they are; an error has its colour to its end."""
    style = ""
    for whole in lines:
        for line in wrapped(whole, screen_size().columns):
            is_more = line.startswith("  ") and style == style_of("error E100: ")
            style = style if is_more else style_of(line)
            print_formatted_text(FormattedText([(style, line)]))


def is_secret(line: str) -> bool:
    """Return whether a line may hold a PIN, so that no history may keep it."""
    first, *rest = line.split() or [""]
    return bool(rest) and any(word.startswith(first) for word in SECRET)


def style_of(line: str) -> str:
    """Return prompt_toolkit's style of a line."""
    if is_error(line):
        return "ansired"
    if line == "ok":
        return "ansigreen"
    return "ansicyan" if line.startswith("// ") else ""
