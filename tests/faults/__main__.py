"""``python -m tests.faults``: every fault for real, under the true dashboard on a terminal."""

from __future__ import annotations

import argparse
import sys
from importlib.util import find_spec

LOCKED_SECONDS = 20.0


def main() -> int:
    """Make the faults that the arguments name; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--report", action="store_true", help="print the table as Markdown")
    parser.add_argument("--list", action="store_true", help="print the names of the faults")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="this one only")
    parser.add_argument(
        "--locked",
        type=float,
        default=LOCKED_SECONDS,
        metavar="SECONDS",
        help="how long a lock stands (%(default)g)",
    )
    options = parser.parse_args()
    if find_spec("pyte") is None:
        sys.exit("The matrix needs pyte to see the screen: pip install -e '.[dev]'")
    from tests.faults import report
    from tests.faults.table import FAULTS

    if options.list:
        print("\n".join(fault.name for fault in FAULTS))
        return 0
    try:
        faults = report.named(options.only)
    except KeyError as name:
        parser.error(f"no fault {name}: --list prints them")
    return 1 if report.run(faults, locked=options.locked, report=options.report) else 0


if __name__ == "__main__":
    sys.exit(main())
