"""The matrix of faults as a table."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from tests.faults.table import FAULTS, Fault
from tests.faults.walk import Row, walk

HEAD = ("fault", "what is shown", "recovered after", "left behind", "zos writes")


def run(faults: Sequence[Fault], *, locked: float, report: bool) -> int:
    """Make these faults, print what became of them, and return how many are not good."""
    rows = []
    for number, fault in enumerate(faults, 1):
        row = walk(fault, locked=locked)
        rows.append(row)
        print(f"{number}/{len(faults)} {fault.name}: {_verdict(row)}", file=sys.stderr, flush=True)
        if not report and row.shown:
            print(f"    {row.shown}", file=sys.stderr, flush=True)
    if report:
        print("\n".join(markdown(rows)))
    bad = sum(bool(row.bad) for row in rows)
    skipped = sum(bool(row.skipped) for row in rows)
    print(f"{len(rows) - bad - skipped} good, {bad} bad, {skipped} skipped", file=sys.stderr)
    return bad


def markdown(rows: Iterable[Row]) -> list[str]:
    """Return the lines of the table."""
    lines = [_line(HEAD), _line("---" for _ in HEAD)]
    for row in rows:
        if row.skipped:
            cells = (row.name, f"skipped: {row.skipped}", "", "", "")
        elif row.bad:
            cells = (row.name, f"BAD: {row.bad.splitlines()[0]}", "", row.left, row.writes)
        else:
            cells = (row.name, row.shown, f"{row.recovered:.1f} s", row.left, row.writes)
        lines.append(_line(cells))
    return lines


def named(names: Iterable[str]) -> list[Fault]:
    """Return the faults of these names, all without any. Raises KeyError for another name."""
    known = {fault.name: fault for fault in FAULTS}
    wanted = list(names)
    return [known[name] for name in wanted] if wanted else list(FAULTS)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '¦') for cell in cells)} |"


def _verdict(row: Row) -> str:
    if row.skipped:
        return f"skipped: {row.skipped}"
    if row.bad:
        return f"BAD: {row.bad}"
    return f"good, recovered after {row.recovered:.2f} s"
