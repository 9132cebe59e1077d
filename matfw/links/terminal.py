"""Line editing for whoever types at a console: prompt_toolkit on any link's bytes.

History, Tab completion, Ctrl-R and the arrow keys work on a bare terminal such as screen, picocom
or tio. prompt_toolkit (110 ms, 11 MB) is imported when somebody types, not before. It runs in the
link's own thread, on an event loop of its own; its input is a parser that is fed here, its output
is the link's send buffer. No pipe, no file and no signal is involved.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Protocol, TextIO, cast

from prompt_toolkit import PromptSession
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.data_structures import Size
from prompt_toolkit.document import Document
from prompt_toolkit.history import History
from prompt_toolkit.input import Input
from prompt_toolkit.input.vt100_parser import Vt100Parser
from prompt_toolkit.key_binding import KeyPress
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output
from prompt_toolkit.shortcuts import CompleteStyle

from matfw.console.request import JSON_CHARS

HISTORY_LINES = 200
UNKNOWN_SIZE = Size(rows=24, columns=80)  # a serial line does not tell; this is what all have
STUCK_CHARACTERS = 64  # more than any key sends: no key, but noise or a paste without its end
# Of the control characters an editor understands, those that only edit. Left out are macros (^X),
# which noise could make endless, and what inserts or suspends (^V ^Q ^Z).
_CONTROLS = frozenset(
    "\t\r\x08\x7f\x1b\x01\x02\x03\x04\x05\x06\x07\x0b\x0c\x0e\x10\x12\x14\x15\x17\x19"
)


class Talk(Protocol):
    """What the editor needs of a console's conversation."""

    @property
    def prompt(self) -> str:
        """Return what stands before the line."""
        ...

    def complete(self, text: str) -> list[str]:
        """Return what the last word may become."""
        ...


class Interrupted(Exception):  # noqa: N818  what it is: somebody pressed Ctrl-C
    """Ctrl-C at the prompt."""


class LinkKeys(Input):
    """Keys parsed from characters that are fed; attached while an editor wants them."""

    def __init__(self, name: str, on_attach: Callable[[], object]) -> None:
        """Take a name, and what to call when an editor begins to want keys."""
        self._name = name
        self._on_attach = on_attach
        self._keys: list[KeyPress] = []
        self._parser = Vt100Parser(self._keys.append)
        self._unparsed = 0
        self._ready: Callable[[], None] | None = None

    @property
    def is_attached(self) -> bool:
        """Return whether keys go anywhere now."""
        return self._ready is not None

    def feed(self, text: str) -> None:
        """Parse characters and hand the keys on."""
        if "\x03" in text:  # Ctrl-C gets out of a paste whose end never came, too
            self._parser.reset()
        before = len(self._keys)
        self._parser.feed("".join(c for c in text if c >= " " or c in _CONTROLS))
        self._unparsed = 0 if len(self._keys) > before else self._unparsed + len(text)
        if self._unparsed > STUCK_CHARACTERS:
            self._unparsed = 0
            self._parser.reset()
        if self._ready is not None and self._keys:
            self._ready()

    def read_keys(self) -> list[KeyPress]:
        """Return the keys since the last call."""
        keys, self._keys[:] = list(self._keys), []
        return keys

    def flush_keys(self) -> list[KeyPress]:
        """Return what was held back: an Escape that begins no longer key."""
        self._parser.flush()
        return self.read_keys()

    def attach(self, input_ready_callback: Callable[[], None]) -> AbstractContextManager[None]:
        """Call back when there are keys, inside of the context."""
        return self._with(input_ready_callback)

    def detach(self) -> AbstractContextManager[None]:
        """Hold keys back inside of the context."""
        return self._with(None)

    @contextmanager
    def _with(self, ready: Callable[[], None] | None) -> Iterator[None]:
        before, self._ready = self._ready, ready
        if ready is not None:
            self._on_attach()
        try:
            yield
        finally:
            self._ready = before
            if before is not None:
                self._on_attach()

    def fileno(self) -> int:
        """Refuse: there is no descriptor."""
        raise NotImplementedError

    def typeahead_hash(self) -> str:
        """Return the name under which prompt_toolkit would keep keys for the next line."""
        return f"matfw {self._name}"

    @property
    def closed(self) -> bool:
        """Return False: a link that has gone ends the editor from outside."""
        return False

    def raw_mode(self) -> AbstractContextManager[None]:
        """Do nothing: the far end's terminal sends every key as it is."""
        return nullcontext()

    def cooked_mode(self) -> AbstractContextManager[None]:
        """Do nothing, likewise."""
        return nullcontext()


class Screen(Vt100_Output):
    """The far end's terminal: no questions to it, no bracketed paste, no colours."""

    def __init__(self, put: Callable[[str], object]) -> None:
        """Take where characters go."""
        super().__init__(
            cast(TextIO, _Writer(put)), lambda: UNKNOWN_SIZE, term="vt100",
            default_color_depth=ColorDepth.DEPTH_1_BIT, enable_cpr=False,
        )  # fmt: skip

    def enable_bracketed_paste(self) -> None:
        """Do nothing: a pasted line is to be done at its end, as anywhere else on a serial line."""

    def disable_bracketed_paste(self) -> None:
        """Do nothing, likewise."""


class _Writer:
    """As much of a text file as Vt100_Output uses."""

    encoding = "utf-8"

    def __init__(self, put: Callable[[str], object]) -> None:
        self._put = put

    def write(self, text: str) -> int:
        self._put(text)
        return len(text)

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return True


class RecentHistory(History):
    """The last lines of one link, in memory, without PINs."""

    def __init__(self, is_secret: Callable[[str], bool]) -> None:
        """Take what says of a line that it is not to be kept."""
        super().__init__()
        self._is_secret = is_secret
        self._lines: deque[str] = deque(maxlen=HISTORY_LINES)

    async def load(self) -> AsyncGenerator[str, None]:
        """Yield the lines, newest first."""
        for line in reversed(self._lines):
            yield line

    def get_strings(self) -> list[str]:
        """Return the lines, oldest first."""
        return list(self._lines)

    def append_string(self, string: str) -> None:
        """Keep a line unless it is secret or the last one again."""
        if not self._is_secret(string) and (not self._lines or self._lines[-1] != string):
            self._lines.append(string)

    def load_history_strings(self) -> Iterable[str]:
        """Return nothing: `load` does it."""
        return ()

    def store_string(self, string: str) -> None:
        """Do nothing: no file is written."""


class LineCompleter(Completer):
    """Asks the console what the last word may become."""

    def __init__(self, complete: Callable[[str], list[str]]) -> None:
        """Take what answers with words for the last one of a text."""
        self._complete = complete

    def get_completions(
        self,
        document: Document,
        complete_event: CompleteEvent,  # noqa: ARG002  the library's signature
    ) -> Iterator[Completion]:
        """Yield a completion for each word."""
        text = document.text_before_cursor
        last = text.split(" ")[-1]
        for word in self._complete(text):
            yield Completion(word, start_position=-len(last))


def line_session(
    talk: Talk,
    history: History,
    **rest: Any,  # Any: whatever else PromptSession takes
) -> PromptSession[str]:
    """Return a session that edits one line after another, as a shell does, and no more."""
    session: PromptSession[str] = PromptSession(
        lambda: talk.prompt,
        completer=LineCompleter(talk.complete),
        complete_while_typing=False,
        complete_style=CompleteStyle.READLINE_LIKE,
        history=history,
        interrupt_exception=Interrupted,
        reserve_space_for_menu=0,
        **rest,
    )
    session.default_buffer.on_text_changed += _cut
    return session


def _cut(buffer: Buffer) -> None:
    if len(buffer.text) > JSON_CHARS:
        buffer.document = Document(buffer.text[:JSON_CHARS])
