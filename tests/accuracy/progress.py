"""A bar on stderr while the bench runs; nothing where nobody looks."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from typing import TypeVar

Item = TypeVar("Item")


def shown(items: Iterable[Item], total: int, what: str) -> Iterator[Item]:
    """Pass the items on; show on a terminal how many have come."""
    if not sys.stderr.isatty():
        yield from items
        return
    if find_spec("rich") is None:
        yield from _plainly(items, total, what)
        return
    from rich.console import Console  # noqa: PLC0415 - it may not be there
    from rich.progress import track  # noqa: PLC0415

    yield from track(items, what, total, console=Console(stderr=True), transient=True)


def _plainly(items: Iterable[Item], total: int, what: str) -> Iterator[Item]:
    for number, item in enumerate(items, 1):
        print(f"\r{what} {number}/{total}", end="", file=sys.stderr, flush=True)
        yield item
    print(file=sys.stderr)
