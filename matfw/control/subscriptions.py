"""From the main thread to the console's: bounded, never waited for."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Subscription(Generic[T]):
    """What comes from now on, in order; One thread puts, one drains; full, it drops its oldest."""

    def __init__(self, limit: int, on_close: Callable[[Subscription[T]], object]) -> None:
        self._items: deque[T] = deque(maxlen=limit)  # its append and popleft are atomic
        self._on_close = on_close
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """Return how many were lost."""
        return self._dropped

    def put(self, item: T) -> None:
        """Add one; never waits."""
        if len(self._items) == self._items.maxlen:
            self._dropped += 1
        self._items.append(item)

    def drain(self) -> list[T]:
        """Return what has come since the last call."""
        taken: list[T] = []
        for _ in range(len(self._items)):
            try:
                taken.append(self._items.popleft())
            except IndexError:  # a full one has lost it meanwhile
                break
        return taken

    def close(self) -> None:
        """End it. Calling it twice is allowed."""
        self._on_close(self)


class Subscriptions(Generic[T]):
    """All subscriptions to one kind of thing. Any thread opens and closes, the main thread puts."""

    def __init__(self, limit: int) -> None:
        """Take how many items each holds."""
        self._limit = limit
        self._changing = threading.Lock()  # by consoles; the main thread never takes it
        self._open: tuple[
            Subscription[T], ...
        ] = ()  # replaced whole, so that nobody sees it half changed

    def open(self, limit: int | None = None) -> Subscription[T]:
        """Return a new one; limit: another than usual."""
        subscription: Subscription[T] = Subscription(limit or self._limit, self._closed)
        with self._changing:
            self._open += (subscription,)
        return subscription

    def put(self, item: T) -> None:
        """Put it into every one; never waits."""
        for subscription in self._open:
            subscription.put(item)

    def __len__(self) -> int:
        return len(self._open)

    def _closed(self, subscription: Subscription[T]) -> None:
        with self._changing:
            self._open = tuple(other for other in self._open if other is not subscription)
