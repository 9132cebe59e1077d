"""The firmware in service: the loop, the watchdog, the live picture."""
