"""The firmware in service: the loop, the watchdog, the doctor, the live picture."""
