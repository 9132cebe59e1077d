"""What the firmware costs, measured, with as many threads of OpenBLAS as the verbs allow it."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy comes, as in `cli.verbs`
