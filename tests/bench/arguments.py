"""What the bench is asked on its command line."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

RUNS, QUICK_RUNS = 1_000_000, 100_000
LEAST_RUNS = 2_000

_ABOUT = """
Measure the dashboard on a real terminal beside baselines of the same minutes, and print a table:
what was measured, its baseline, their ratio, the bar, and whether it is kept. Figures are medians.
A bar that is missed is told, and is no failure.
"""
_MORE = """
Databases are built as zos would have left them, in the user's cache folder, and kept for a day.
Their prompts have 200 bytes, where real ones have some 14,000: a million runs then take 2.3 GB, of
which two figures borrow a copy. Only the runs to drill into have prompts as long as real ones.
"""


@dataclass(frozen=True, slots=True)
class Arguments:
    """What is to be measured and where the figures go."""

    runs: int
    quick: bool
    only: tuple[str, ...]
    list: bool
    json: Path | None


def parse(words: Sequence[str] | None, groups: Mapping[str, str]) -> Arguments:
    """Return what the command line asks for; ends the program where that is wrong.

    ``groups`` are the names that ``--only`` takes, with what each is about.
    """
    parser = argparse.ArgumentParser("python -m tests.bench", description=_ABOUT, epilog=_MORE)
    parser.add_argument(
        "--runs",
        type=_runs,
        help=f"runs in the large database (default {RUNS:,}; {QUICK_RUNS:,} with --quick)",
    )
    parser.add_argument("--quick", action="store_true", help="repeat less often: 3½ minutes in all")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        choices=list(groups),
        metavar="NAME",
        help="measure only these figures; can be given more than once",
    )
    parser.add_argument("--list", action="store_true", help="tell the names for --only")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all samples to a file")
    told = parser.parse_args(words)
    runs = told.runs or (QUICK_RUNS if told.quick else RUNS)
    return Arguments(runs, told.quick, tuple(told.only or groups), told.list, told.json)


def _runs(text: str) -> int:
    runs = int(text.replace(",", "").replace("_", ""))
    if runs < LEAST_RUNS:
        raise argparse.ArgumentTypeError(f"fewer than {LEAST_RUNS:,} runs tell nothing")
    return runs
