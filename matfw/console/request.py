"""A typed line -> the words of one command. An error names the place in the line."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Any

import msgspec

from matfw.control.errors import Code, ConsoleError
from matfw.settings.schema import found

LINE_CHARS = 512  # far beyond any command; a file sent by mistake stops here
JSON_CHARS = 4096
ID_CHARS = 64


@dataclass(frozen=True, slots=True)
class Request:
    """One command: its words, and in JSON the caller's own id for the answer.

    line: as it was typed, whose quotes belong to the value of a `set`.
    """

    words: tuple[str, ...]
    id: str | int | None = None
    line: str = ""


class BadRequestError(ConsoleError):
    """A line that is no command; id: the caller's, if it could be read."""

    def __init__(self, code: Code, text: str, id_: str | int | None = None) -> None:
        """Take what a ConsoleError takes, and the id."""
        super().__init__(code, text)
        self.id = id_


def read_line(text: str) -> Request:
    """Return the words of a line typed by a person. Raises BadRequestError."""
    check_line(text, LINE_CHARS)
    return Request(_split(text, None), None, text)


def read_json(text: str) -> Request:
    """Return the words of {"id": ..., "command": "set", "args": ["workout.reps", 12]}.

    "command" may hold the whole line, "id" and "args" may be left out. A line that does not begin
    with "{" is read as typed by a person: so is `mode text`. Raises BadRequestError.
    """
    if not text.lstrip().startswith("{"):
        return read_line(text)
    check_line(text, JSON_CHARS)
    try:
        data = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadRequestError(
            Code.NOT_JSON, f'line: is not JSON ({error}): send {{"id": 1, "command": "status"}}'
        ) from None
    id_ = data.get("id")
    if not (id_ is None or type(id_) is int or (isinstance(id_, str) and len(id_) <= ID_CHARS)):
        raise BadRequestError(
            Code.NOT_JSON, f"id: must be a whole number or a text of at most {ID_CHARS} characters"
        )
    for key in data:
        if key not in ("id", "command", "args"):
            raise BadRequestError(
                Code.NOT_JSON, f"{found(key)}: is not known: use id, command, args", id_
            )
    command, args = data.get("command"), data.get("args", [])
    if not isinstance(command, str):
        raise BadRequestError(
            Code.NOT_JSON, 'command: must be a text: send {"id": 1, "command": "status"}', id_
        )
    if not isinstance(args, list):
        raise BadRequestError(Code.NOT_JSON, "args: must be a list of texts and numbers", id_)
    check_line(command, JSON_CHARS)
    words = _split(command, id_)
    for arg in args:
        words += (_word(arg, id_),)
    return Request(words, id_, "" if args else command)


def read_answer(text: str) -> Request | None:
    """Return {"answer": "10"} as its one word, which answers what a job asks; None if it is none.

    Raises BadRequestError.
    """
    if not text.lstrip().startswith("{") or len(text) > JSON_CHARS:
        return None
    try:
        data = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    if not isinstance(data, dict) or "answer" not in data:
        return None
    request = read_json(msgspec.json.encode({"id": data.get("id"), "command": ""}).decode())
    answer = data["answer"]
    if not isinstance(answer, str) or set(data) - {"id", "answer"}:
        raise BadRequestError(
            Code.NOT_JSON, 'answer: must be a text, with an "id" or alone', request.id
        )
    check_line(answer, LINE_CHARS)
    return Request((answer,), request.id, answer)


def check_line(text: str, maximum: int) -> None:
    """Refuse a line that is too long or holds what is no text. Raises BadRequestError."""
    if len(text) > maximum:
        raise BadRequestError(
            Code.LINE_TOO_LONG, f"line: {len(text)} characters, at most {maximum}: nothing was done"
        )
    if text.isascii() and text.isprintable():
        return
    for place, character in enumerate(text, 1):
        if character == "\ufffd":
            raise BadRequestError(
                Code.BAD_CHARACTER, f"line: character {place} is not UTF-8: send plain text"
            )
        # Surrogates are not printable either: what is sent back can always be written as UTF-8.
        if not character.isprintable() and character != "\t":
            raise BadRequestError(
                Code.BAD_CHARACTER,
                f"line: character {place} is U+{ord(character):04X}, no text: leave it out",
            )


def _split(text: str, id_: str | int | None) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text))
    except ValueError:
        raise BadRequestError(
            Code.QUOTE_OPEN,
            "line: a quote or backslash is not closed: end the text with the same quote",
            id_,
        ) from None


def _word(arg: Any, id_: str | int | None) -> str:
    # Any: whatever JSON can hold.
    match arg:
        case bool():
            return "true" if arg else "false"
        case str():
            try:
                check_line(arg, LINE_CHARS)
            except BadRequestError as error:
                raise BadRequestError(error.code, f"args: {error}", id_) from None
            return arg
        case int() | float():
            return repr(arg)
        case list():
            return _word(msgspec.json.encode(arg).decode(), id_)
        case _:
            raise BadRequestError(
                Code.NOT_JSON, "args: must be texts, numbers, true, false or lists of them", id_
            )
