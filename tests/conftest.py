"""What all tests share: none fails because the computer is busy, and none keeps it busy idly."""

import os

# As `matfw` itself runs: for products this small a second thread of the matrix library only burns
# the other core, and a refinement takes twice the CPU. It is read when numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hypothesis import settings

# An example may take as long as it takes; pytest-timeout ends what hangs.
settings.register_profile("busy", deadline=None)
settings.load_profile("busy")
