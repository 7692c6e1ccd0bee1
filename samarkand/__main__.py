"""``python -m samarkand`` is the ``samarkand`` command."""

import sys

from samarkand.cli import main

if __name__ == "__main__":
    sys.exit(main())
