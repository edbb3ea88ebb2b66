"""``python -m mexlab``: the same as the command ``mexlab``."""

import sys

from mexlab.cli import main

if __name__ == "__main__":
    sys.exit(main())
