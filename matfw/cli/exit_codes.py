"""What `matfw` ends with."""

from __future__ import annotations

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_HUNG_UP = 129  # as shells count: 128 and the signal's number
EXIT_INTERRUPTED = 130
