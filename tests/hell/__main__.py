"""``python -m tests.hell``: many examples of each property, and a table of what came of it."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.hell.databases import DATABASES, Database
from tests.hell.properties import answers_agree, commands_print, opened
from tests.tui.driving import NARROW, WIDE

_SHARE_OF_WALKS = 10


class Outcome(NamedTuple):
    """What came of one property."""

    name: str
    examples: int
    failures: int
    seconds: float


@contextmanager
def _service(folder: Path) -> Iterator[Callable[..., Any]]:
    yield answers_agree(folder)


@contextmanager
def _commands(folder: Path) -> Iterator[Callable[..., Any]]:
    yield commands_print(folder)


@contextmanager
def _wide(folder: Path) -> Iterator[Callable[..., Any]]:
    with _walks(folder / "wide.db", WIDE) as walked:
        yield walked


@contextmanager
def _narrow(folder: Path) -> Iterator[Callable[..., Any]]:
    with _walks(folder / "narrow.db", NARROW) as walked:
        yield walked


@contextmanager
def _walks(path: Path, size: tuple[int, int]) -> Iterator[Callable[..., Any]]:
    with opened(path, size) as one:

        @given(DATABASES)
        def walked(database: Database) -> None:
            one.go(database)

        yield walked


PROPERTIES = {
    "service": _service,
    "commands": _commands,
    "dashboard-120x40": _wide,
    "dashboard-80x24": _narrow,
}


def try_out(name: str, examples: int, number: int, folder: Path) -> Outcome:
    """Run a property on so many examples; stop at the first that fails, and tell of it."""
    began, seen, failures = time.monotonic(), 0, 0
    with PROPERTIES[name](folder) as found:
        inner = found.hypothesis.inner_test  # type: ignore[attr-defined]

        def counted(*arguments: Any, **named: Any) -> None:  # noqa: ANN401
            nonlocal seen
            seen += 1
            inner(*arguments, **named)

        found.hypothesis.inner_test = counted  # type: ignore[attr-defined]
        long = settings(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        )
        try:
            seed(number)(long(found))()
        except KeyboardInterrupt:
            print(f"{name}: interrupted", file=sys.stderr)
        except Exception:  # whatever it is, the other properties are tried too
            failures = 1
            traceback.print_exc()
    return Outcome(name, seen, failures, time.monotonic() - began)


def main() -> int:
    """Run all properties, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.hell", description=__doc__)
    parser.add_argument(
        "--examples",
        type=int,
        default=300,
        metavar="N",
        help="how many databases each property sees, the dashboard a tenth of that (%(default)s)",
    )
    parser.add_argument("--seed", type=int, default=0, help="other databases (%(default)s)")
    parser.add_argument("--only", choices=PROPERTIES, action="append", help="this one only")
    options = parser.parse_args()
    outcomes = []
    with tempfile.TemporaryDirectory() as folder:
        for name in options.only or PROPERTIES:
            share = _SHARE_OF_WALKS if name.startswith("dashboard") else 1
            examples = max(1, options.examples // share)
            outcomes.append(try_out(name, examples, options.seed, Path(folder)))
    print(f"{'property':18}{'examples':>9}{'failures':>9}{'seconds':>9}")
    for one in outcomes:
        print(f"{one.name:18}{one.examples:9,}{one.failures:9}{one.seconds:9.1f}")
    return 1 if any(one.failures for one in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
