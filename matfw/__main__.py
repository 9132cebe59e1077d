"""`python -m matfw` and the `matfw` command: the verbs are in cli/verbs.py."""

import sys

from matfw.cli.verbs import main

if __name__ == "__main__":
    sys.exit(main())
