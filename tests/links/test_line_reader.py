"""Bytes to lines: any line end, any cut between two reads, any noise."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from matfw.links.line_reader import LINE_BYTES, Key, LineReader, whole_characters

PIECES = st.lists(
    st.sampled_from(
        [b"status", b"\xc3\xa4", b"\xff", b"\x00", b"x" * 300, b"\r", b"\n", b"\r\n", b"\x03"]
    ),
    max_size=30,
)  # fmt: skip


def lines(chunks: list[bytes]) -> list[str | Key]:
    line_reader = LineReader()
    found: list[str | Key] = []
    for chunk in chunks:
        line_reader.put(chunk)
        while (item := line_reader.line()) is not None:
            found.append(item)
    return found


def cut(data: bytes, places: list[int]) -> list[bytes]:
    at = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[a:b] for a, b in pairwise(at)]


def test_every_line_end_is_one() -> None:
    assert lines([b"a\rb\nc\r\nd\n\r\n"]) == ["a", "b", "c", "d", ""]


def test_ctrl_c_throws_the_line_away_that_it_stands_in() -> None:
    assert lines([b"half a li", b"ne\x03status\r"]) == [Key.INTERRUPT, "status"]


def test_what_is_no_utf8_is_marked() -> None:
    assert lines([b"\xff\xc3\r"]) == ["\ufffd\ufffd"]


@given(PIECES, st.lists(st.integers(0, 10_000), max_size=20))
def test_it_does_not_matter_how_the_bytes_are_cut(pieces: list[bytes], places: list[int]) -> None:
    data = b"".join(pieces)
    assert lines(cut(data, places)) == lines([data])


@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=20))
def test_any_bytes_make_as_many_lines_as_they_have_ends(data: bytes, places: list[int]) -> None:
    found = lines(cut(data, places))
    joined = data.replace(b"\r\n", b"\n")
    assert len(found) == sum(joined.count(end) for end in (b"\r", b"\n", b"\x03"))
    assert found.count(Key.INTERRUPT) == data.count(b"\x03")


def test_a_line_without_end_takes_no_more_memory_than_the_longest_one() -> None:
    line_reader = LineReader()
    for _ in range(1000):
        line_reader.put(b"x" * 4096)
        assert line_reader.line() is None
    assert len(line_reader) == 0
    line_reader.put(b"\r")
    text = line_reader.line()
    assert isinstance(text, str)
    assert len(text) == LINE_BYTES


@given(PIECES, st.lists(st.integers(0, 10_000), max_size=20))
def test_an_editor_gets_every_key_once_and_at_most_a_line_at_a_time(
    pieces: list[bytes], places: list[int]
) -> None:
    data = b"".join(pieces)
    line_reader = LineReader()
    got = ""
    for chunk in [*cut(data, places), b""]:
        line_reader.put(chunk)
        while keys := line_reader.keys():
            assert not any(end in keys[:-1] for end in "\r\x03")
            got += keys
        assert len(line_reader) == 0, "whatever is kept back, more can be read"
    left = len(data) - whole_characters(data)
    whole = data[: len(data) - left]
    assert got == whole.replace(b"\r\n", b"\r").replace(b"\n", b"\r").decode(errors="replace")


def test_a_line_begun_for_a_program_is_gone_on_with_by_an_editor() -> None:
    line_reader = LineReader()
    line_reader.put(b"sta")
    assert line_reader.line() is None
    line_reader.put(b"tus\r\nx")
    assert [line_reader.keys(), line_reader.keys()] == ["status\r", "x"]


@given(st.text(), st.integers(0, 3))
def test_a_character_is_never_cut(text: str, less: int) -> None:
    data = text.encode(errors="replace")
    part = data[: len(data) - less]
    whole = part[: whole_characters(part)]
    assert whole.decode() == text.encode(errors="replace").decode()[: len(whole.decode())]
