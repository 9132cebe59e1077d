"""One link's talk with the console: lines in, lines out.

Every command ends in exactly one `ok` or `error E###: ...`: at once, or when its work is done.
While work is under way further lines wait, so that the answers come in the commands' order. A
wizard or the menu takes the lines typed at its prompt for itself, until it ends. What nobody asked
for begins with `// `. In `mode json` the same commands answer with one JSON object a line.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from matfw.console.answers import Answer, Job
from matfw.console.commands import TABLE
from matfw.console.context import Context, Id
from matfw.console.notifications import Notifications
from matfw.console.request import (
    LINE_CHARS,
    BadRequestError,
    Request,
    check_line,
    read_answer,
    read_json,
    read_line,
)
from matfw.control.errors import Code, ConsoleError
from matfw.errors import MatError, MatSettingsError, MatUsageError

if TYPE_CHECKING:
    from matfw.control.api import Control

WAITING_LINES = 64
PROMPT = "matfw> "


class Conversation:
    """One link. Not thread-safe: one thread calls it."""

    def __init__(
        self,
        control: Control,
        say: Callable[[str], None],
        *,
        now_s: Callable[[], float],
        link: str = "console",
    ) -> None:
        """Take control, where lines go (without their ends), monotonic seconds, the link's name."""
        self._context = Context(control, say, now_s, link)
        self._notifications = Notifications(control.notifications.open())
        self._job: Job | None = None
        self._waiting: deque[str] = deque()

    @property
    def prompt(self) -> str:
        """Return what stands before the line being typed; empty while busy and for programs."""
        if self._context.is_json:
            return ""
        if self._job is not None:
            return self._job.prompt or ""
        return PROMPT

    @property
    def echo(self) -> bool:
        """Return whether the link is to echo what is typed."""
        return self._context.echo and not self._context.is_json

    @echo.setter
    def echo(self, is_on: bool) -> None:
        self._context.echo = is_on

    @property
    def is_asking(self) -> bool:
        """Return whether the next line is an answer to a wizard or menu, and no command."""
        return self._job is not None and self._job.prompt is not None

    @property
    def is_busy(self) -> bool:
        """Return whether a command's work is under way; lines given now wait."""
        return self._job is not None and self._job.prompt is None

    def line(self, text: str) -> None:
        """Take a whole line without its end. A blank one is no command and gets no answer."""
        if self.is_busy:
            if not text.strip():
                return
            if len(self._waiting) >= WAITING_LINES:
                self._context.refused(
                    None,
                    ConsoleError(
                        Code.TOO_MANY_WAITING,
                        f"line: {WAITING_LINES} lines wait already for a command that is under"
                        " way: wait for its ok, or end it with Ctrl-C",
                    ),
                )
                return
            self._waiting.append(text)
            return
        self._take(text)
        self._go_on()

    def interrupt(self) -> None:
        """Leave what is under way, as Ctrl-C does; lines that wait for it are not done."""
        if self._job is not None:
            self._end(self._job.interrupt)
        elif self._context.stream is not None:
            self._end_stream()
            self._context.note("stream: ended")
        while self._waiting:
            try:
                id_ = self._read(self._waiting.popleft()).id
            except BadRequestError as error:
                id_ = error.id
            self._context.refused(
                id_, ConsoleError(Code.INTERRUPTED, "line: not done, Ctrl-C came before it")
            )

    def complete(self, text: str) -> list[str]:
        """Return what the last word of a line typed so far may become."""
        if len(text) > LINE_CHARS:
            return []
        if self._job is not None:
            return self._job.complete(text)
        return TABLE.complete(self._context.control, text)

    def poll(self) -> None:
        """Go on with what takes time, and say what has happened; some 20 times a second."""
        self._notifications.poll(self._context)
        if self._context.stream is not None:
            self._context.stream.poll(self._context.now_s(), self._context.note)
        if self._job is not None:
            self._end(self._job.poll)
        self._go_on()

    def close(self) -> None:
        """Give everything back: the link is gone. Calling it twice is allowed."""
        self._waiting.clear()
        if self._job is not None:
            job, self._job = self._job, None
            job.close()
        self._end_stream()
        self._notifications.close()

    def _go_on(self) -> None:
        while self._waiting and not self.is_busy:
            self._take(self._waiting.popleft())

    def _take(self, text: str) -> None:
        job = self._job
        if job is not None:
            try:
                check_line(text, LINE_CHARS)
            except BadRequestError as error:
                self._context.ask([f"{error}."])
                return
            answer = read_answer(text) if self._context.is_json else text
            self._end(lambda: job.answer(answer.strip()))
            return
        if not text.strip():
            return
        try:
            request = self._read(text)
        except BadRequestError as error:
            self._context.refused(error.id, error)
            return
        if not request.words:
            self._context.refused(
                request.id,
                ConsoleError(Code.UNKNOWN_COMMAND, "line: names no command: see `help`"),
            )
            return
        self._run(request)

    def _read(self, text: str) -> Request:
        return read_json(text) if self._context.is_json else read_line(text)

    def _run(self, request: Request) -> None:
        context = self._context
        context.id = request.id
        is_json = context.is_json

        def work() -> Answer | None:
            outcome = TABLE.begin(context, request.words, request.line)
            if isinstance(outcome, Answer):
                return outcome
            self._job = outcome
            return None

        answer = self._guarded(work, request.id)
        if answer is not None:
            # `mode text` is answered as it was asked, in JSON; and the other way round.
            now_json, context.is_json = context.is_json, is_json
            context.answered(request.id, answer)
            context.is_json = now_json

    def _end(self, go_on: Callable[[], Answer | None]) -> None:
        """Let the job go on; if that ends it, answer its command."""
        id_ = self._context.id
        before = self._job
        answer = self._guarded(go_on, id_)
        if answer is not None and self._job is before:
            self._drop_job()
            self._context.answered(id_, answer)

    def _guarded(self, work: Callable[[], Answer | None], id_: Id) -> Answer | None:
        """Do it; answer for whatever goes wrong."""
        try:
            return work()
        except ConsoleError as error:
            refusal = error
        except MatError as error:
            refusal = ConsoleError(_code_of(error), str(error))
        except Exception as error:  # a fault of ours must not end the link: it is reported instead
            refusal = ConsoleError(
                Code.INTERNAL, f"matfw itself failed ({error!r}): nothing more is known, report it"
            )
        self._drop_job()
        self._context.refused(id_, refusal)
        return None

    def _drop_job(self) -> None:
        if self._job is not None:
            job, self._job = self._job, None
            job.close()

    def _end_stream(self) -> None:
        if self._context.stream is not None:
            self._context.stream.close()
            self._context.stream = None


def _code_of(error: MatError) -> Code:
    if isinstance(error, MatSettingsError):
        return Code.SETTING_REFUSED
    return Code.ARGUMENT_WRONG if isinstance(error, MatUsageError) else Code.FILE_REFUSED
