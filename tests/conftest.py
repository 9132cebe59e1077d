"""What all tests share: none fails because the computer is busy."""

from hypothesis import settings

# An example may take as long as it takes; pytest-timeout ends what hangs.
settings.register_profile("busy", deadline=None)
settings.load_profile("busy")
