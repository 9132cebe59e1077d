"""One link's talk with the console: lines in, lines out.

Every command ends in exactly one `ok` or `error E###: ...`: at once, or when its work is done.
While work is under way further lines wait, so that the answers come in the commands' order. A
wizard or the menu takes the lines typed at its prompt for itself, until it ends. What nobody asked
for begins with `// `. In `mode json` the same commands answer with one JSON object a line; there a
line's id identifies each answer, so that what takes no time is answered also beside a job.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from matfw.console.answers import Answer, Job, NoAnswerError
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
from matfw.console.screen import Paged, ScreenSize
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
        terminal: ScreenSize | None = None,
    ) -> None:
        """Take control, where lines go (without their ends), monotonic seconds, the link's name.

        terminal: of the person at a link that echoes; None where only programs and clients are.
        """
        self._context = Context(control, say, now_s, link, terminal=terminal)
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
    def client_size(self) -> ScreenSize | None:
        """Return the screen's size that a client has reported."""
        return self._context.client_size

    @client_size.setter
    def client_size(self, size: ScreenSize | None) -> None:
        self._context.client_size = size

    @property
    def is_asking(self) -> bool:
        """Return whether the next line is an answer to a wizard or menu, and no command."""
        return self._job is not None and self._job.prompt is not None

    @property
    def is_active(self) -> bool:
        """Return whether what was asked for still comes: a stream, or a command's work."""
        return self._context.stream is not None or self.is_busy

    @property
    def is_busy(self) -> bool:
        """Return whether a command's work is under way; lines given now wait."""
        return self._job is not None and self._job.prompt is None

    @property
    def has_room(self) -> bool:
        """Return whether a line given now is answered, or waits without being refused."""
        if self._context.is_json:
            return len(self._waiting) < WAITING_LINES
        return not self.is_busy

    def line(self, text: str) -> None:
        """Take a whole line without its end. A blank one is no command and gets no answer."""
        self._context.has_typed = True
        if self._context.is_json and self._job is not None and self._takes_beside(self._job, text):
            return
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
        if not isinstance(self._job, Paged):  # nobody reads two things at once
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
        if isinstance(self._job, Paged) and not Paged.takes(text):
            self._end(self._job.interrupt)
        job = self._job
        if job is not None:
            try:
                check_line(text, LINE_CHARS)
            except BadRequestError as error:
                self._context.ask([f"{error}."])
                return
            self._answer(job, text, None)
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

    def _answer(self, job: Job, text: str, id_: Id) -> None:
        """Give a job what was typed at its prompt; a line with an id has an answer of its own."""
        try:
            self._end(lambda: job.answer(text.strip()))
        except NoAnswerError as error:
            if id_ is None:
                self._context.ask([f"{error}."])
            else:
                self._context.refused(id_, ConsoleError(Code.ARGUMENT_WRONG, f"answer: {error}"))
        else:
            if id_ is not None:
                self._context.answered(id_, Answer())

    def _takes_beside(self, job: Job, text: str) -> bool:
        """Answer a JSON line beside the job under way, if it is one that can be."""
        if not text.lstrip().startswith("{"):
            return False
        try:
            answer = read_answer(text)
            request = answer or read_json(text)
        except BadRequestError as error:
            self._context.refused(error.id, error)
            return True
        command = TABLE.named(request.words[0]) if request.words and answer is None else None
        if job.prompt is not None and (command is None or command.is_job):
            typed = request.line or " ".join(request.words)
            self._answer(job, typed, request.id)
        elif answer is not None:
            asked = ConsoleError(Code.NOT_TAKEN, "answer: nothing is asked at this moment")
            self._context.refused(request.id, asked)
        elif request.id is None and job.prompt is None:
            return False
        elif command is None or command.is_job:
            return False  # it waits, as in text
        else:
            self._run_beside(request)
        return True

    def _run_beside(self, request: Request) -> None:
        """Run a command that is no job while a job is under way, which goes on whatever happens."""
        context = self._context

        def work() -> Answer:
            outcome = TABLE.begin(context, request.words, request.line)
            assert isinstance(outcome, Answer), request.words
            return outcome

        outcome = _outcome(work)
        if isinstance(outcome, ConsoleError):
            context.refused(request.id, outcome)
            return
        self._answered_as_asked(request.id, outcome, is_json=True)

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
            self._answered_as_asked(request.id, answer, is_json=is_json)

    def _end(self, go_on: Callable[[], Answer | None]) -> None:
        """Let the job go on; if that ends it, answer its command."""
        id_ = self._context.id
        before = self._job
        answer = self._guarded(go_on, id_)
        if answer is not None and self._job is before:
            self._drop_job()
            self._answered(id_, answer)

    def _answered(self, id_: Id, answer: Answer) -> None:
        """Answer, page by page where a person's screen is too small for it."""
        context = self._context
        lines, screen = context.as_shown(answer.lines), context.screen
        if screen is None or screen.holds(lines):
            context.answered(id_, answer)
        else:
            context.id = id_
            self._job = Paged(answer, lines, screen.rows, context.ask)

    def _answered_as_asked(self, id_: Id, answer: Answer, *, is_json: bool) -> None:
        """Answer as it was asked: `mode text` still in JSON, and the other way round."""
        context = self._context
        now_json, context.is_json = context.is_json, is_json
        self._answered(id_, answer)
        context.is_json = now_json

    def _guarded(self, work: Callable[[], Answer | None], id_: Id) -> Answer | None:
        """Do it; answer for whatever goes wrong, which ends the job. Raises NoAnswerError."""
        outcome = _outcome(work)
        if not isinstance(outcome, ConsoleError):
            return outcome
        self._drop_job()
        self._context.refused(id_, outcome)
        return None

    def _drop_job(self) -> None:
        if self._job is not None:
            job, self._job = self._job, None
            job.close()

    def _end_stream(self) -> None:
        if self._context.stream is not None:
            self._context.stream.close()
            self._context.stream = None


T = TypeVar("T")


def _outcome(work: Callable[[], T]) -> T | ConsoleError:
    """Return what comes of it, or how to refuse it. Raises NoAnswerError."""
    try:
        return work()
    except NoAnswerError:
        raise
    except ConsoleError as error:
        return error
    except MatError as error:
        return ConsoleError(_code_of(error), str(error))
    except Exception as error:  # a fault of ours must not end the link: it is reported instead
        return ConsoleError(
            Code.INTERNAL, f"matfw itself failed ({error!r}): nothing more is known, report it"
        )


def _code_of(error: MatError) -> Code:
    if isinstance(error, MatSettingsError):
        return Code.SETTING_REFUSED
    return Code.ARGUMENT_WRONG if isinstance(error, MatUsageError) else Code.FILE_REFUSED
