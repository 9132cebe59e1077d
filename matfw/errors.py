"""The errors matfw raises on purpose; each message says what, where, the limit and what to do."""


class MatError(Exception):
    """The work failed: no chip, a pin in use, a disk full. Exit code 1."""


class MatUsageError(MatError):
    """The caller asked for something wrong: a setting, a recording, an option. Exit code 2."""


class MatSettingsError(MatUsageError, ValueError):
    """A setting is unknown, of the wrong type or out of range."""


class MatStateError(MatError, OSError):
    """The machine's state cannot be written."""


class MatRecordingError(MatUsageError, ValueError):
    """A recording cannot be read as `matfw-recording 1`."""


class MatGpioError(MatError, OSError):
    """The GPIO chip or a pin cannot be had: absent, in use, not permitted."""


class MatCellsError(MatError):
    """No load cell answers."""


class MatLinkError(MatError):
    """A console's link cannot be had, or has gone."""

    def __init__(self, text: str, *, is_absent: bool = False) -> None:
        """Take the sentence; is_absent: the device is just not there."""
        super().__init__(text)
        self.is_absent = is_absent
