"""``python -m tests.bench``."""

from __future__ import annotations

import sys
from importlib.util import find_spec

if __name__ == "__main__":
    if find_spec("pyte") is None:
        sys.exit("The bench needs pyte to see the screen: pip install -e '.[dev]'")
    from tests.bench.run import main

    main()
