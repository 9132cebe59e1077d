"""One far end from its first byte to its last: bytes in, a conversation, bytes out.

Two ways to read it. A person's terminal sends keys, which line_editor.py edits. A program, after
`echo off` or `mode json`, and the client on the console's own socket, send lines. Either way every
line goes to the conversation in order, and nothing here waits for a far end that does not read.

A client may also ask what no line can: ENQ and the text typed so far asks for completions, which
come as `// complete WORD WORD`; EOT asks to end when all is answered, and `// end` says so. SO and
"80 24" tell of a person's screen: answers are made for it, and `// prompt TEXT` says what is to
stand before the line to be typed, again after each line.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable

from matfw.console.conversation import Conversation
from matfw.console.screen import ScreenSize
from matfw.control.api import Control
from matfw.links.line_reader import ENQ, EOT, SIZE, Key, LineReader
from matfw.links.send_buffer import SendBuffer
from matfw.ports import Link

PROMPT = "// prompt "
POLL_S = 0.05  # how often the conversation is asked for notifications
ROOM_S = 0.01  # how often a full link is tried again
# Of work in one go. A link at full speed rests as long again, so that the main thread, which takes
# a frame in 0.02 to 0.25 ms, finds the interpreter free half of the time.
WORK_S = 0.002


class LinkSession:
    """A link that is open, and whoever talks on it."""

    def __init__(
        self,
        name: str,
        link: Link,
        control: Control,
        stop: threading.Event,
        *,
        is_terminal: bool,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take an open link; stop ends the session. is_terminal: keys may come, not only lines."""
        self.name = name
        self.link = link
        self.line_reader = LineReader()
        self.send_buffer = SendBuffer()
        self.conversation = Conversation(
            control, self._say, now_s=now_s, link=name,
            terminal=ScreenSize() if is_terminal else None,
        )  # fmt: skip
        self.was_used = False
        self._now_s = now_s
        self._used_s = now_s()
        self._is_to_leave = threading.Event()
        self._stop = stop
        self._is_terminal = is_terminal
        self._polled_s = float("-inf")
        self._notifications: list[str] | None = None
        self._worked_s = 0.0
        self._is_asked_to_end = False
        self._has_ended = False
        self._sent_prompt: str | None = None

    @property
    def idle_s(self) -> float:
        """Return for how long nobody has used it: nothing came, and nothing asked for was read."""
        return self._now_s() - self._used_s

    def give_way(self) -> None:
        """Have it end soon; called by another thread."""
        self._is_to_leave.set()

    @property
    def is_giving_way(self) -> bool:
        """Return whether another link needs its place."""
        return self._is_to_leave.is_set()

    @property
    def is_ending(self) -> bool:
        """Return whether the session is to end."""
        if self._stop.is_set() or self._is_to_leave.is_set():
            return True
        return self._has_ended and not len(self.send_buffer)

    @property
    def is_edited(self) -> bool:
        """Return whether a person types at the far end."""
        return self._is_terminal and self.conversation.echo and not self.is_ending

    @property
    def has_room(self) -> bool:
        """Return whether more is to be read from the far end."""
        return not len(self.line_reader) and not self.send_buffer.is_full

    def take_bytes(self, timeout_s: float) -> None:
        """Read what has come, unless there is enough to do. Raises MatLinkError."""
        if self.has_room:
            data = self.link.read(timeout_s)
            if data:
                self.was_used, self._used_s = True, self._now_s()
            self.line_reader.put(data)

    def send(self) -> None:
        """Hand over what goes without waiting. Raises MatLinkError."""
        before = len(self.send_buffer)
        self.send_buffer.send(self.link)
        if len(self.send_buffer) < before and self.conversation.is_active:
            self._used_s = self._now_s()

    def notifications(self) -> str:
        """Return what the conversation reports by itself; nothing if it was asked just now."""
        now_s = time.monotonic()
        if now_s - self._polled_s < POLL_S:
            return ""
        self._polled_s = now_s
        self._notifications = []
        try:
            self.conversation.poll()
            return "".join(self._notifications)
        finally:
            self._notifications = None

    def _say(self, line: str) -> None:
        text = self.send_buffer.say(line)
        if self._notifications is None:
            self.send_buffer.put(text)
        else:
            self._notifications.append(text)

    def plain_step(self) -> None:
        """Wait for bytes, do the lines in them, and send what is to be sent."""
        is_held = self._is_held
        if is_held or self.send_buffer.is_full:
            self._stop.wait(ROOM_S)
        else:
            self.take_bytes(ROOM_S if len(self.send_buffer) else POLL_S)
        if not self.send_buffer.is_full and not (is_held or self.is_edited):
            item = self.line_reader.line()
            began_s = time.monotonic()
            if item is Key.INTERRUPT:
                self.conversation.interrupt()
            elif item is not None:
                self._line(item)
            self._worked_s += time.monotonic() - began_s
            if self._worked_s > WORK_S:
                self._stop.wait(min(self._worked_s, POLL_S))
                self._worked_s = 0.0
        self.send_buffer.put(self.notifications())
        if self._is_asked_to_end:
            self._end()
        self._tell_prompt()
        self.send()

    @property
    def _is_held(self) -> bool:
        """Return whether lines wait for a command that is under way, and no Ctrl-C follows."""
        return (
            not self.conversation.has_room
            and len(self.line_reader) > 0
            and not self.line_reader.has_interrupt()
        )

    def _line(self, text: str) -> None:
        if text.startswith(ENQ):
            words = " ".join(self.conversation.complete(text[1:]))
            self.send_buffer.put(f"// complete {words}\r\n")
        elif text.startswith(EOT):
            self._is_asked_to_end = True
        elif text.startswith(SIZE):
            self._take_size(text.removeprefix(SIZE))
        else:
            self.conversation.line(text)
            self._sent_prompt = None

    def _take_size(self, text: str) -> None:
        """Take "columns rows"; what is no size tells of no screen."""
        numbers = [int(word) for word in text.split() if re.fullmatch(r"[0-9]{1,4}", word)]
        self.conversation.client_size = ScreenSize(*numbers) if len(numbers) == 2 else None
        self._sent_prompt = None

    def _tell_prompt(self) -> None:
        """Tell a client the prompt, where it has reported its screen and the prompt has changed."""
        prompt = self.conversation.prompt
        if self.conversation.client_size is not None and prompt != self._sent_prompt:
            self._sent_prompt = prompt
            self.send_buffer.put(f"{PROMPT}{prompt}\r\n")

    def _end(self) -> None:
        """Send `// end` once all is answered; nobody is there for a wizard's question."""
        if self.conversation.is_asking:
            self.conversation.interrupt()
        if not (self.conversation.is_busy or self._has_ended):
            self._has_ended = True
            self.send_buffer.put("// end\r\n")
