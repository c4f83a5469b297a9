"""``python -m tests.soak``."""

from __future__ import annotations

import sys
from importlib.util import find_spec

if __name__ == "__main__":
    if find_spec("pyte") is None:
        sys.exit("The soak needs pyte to see the screen: pip install -e '.[dev]'")
    from tests.soak.run import main

    sys.exit(main())
