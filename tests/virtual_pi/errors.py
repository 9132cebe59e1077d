"""What the virtual Pi raises: this computer lacks something, or the guest went wrong."""

from __future__ import annotations


class LackingError(Exception):
    """Something that this computer does not have; the message says what, and what to do."""


class GuestError(Exception):
    """The guest did not do in time what was asked, or it could not."""
