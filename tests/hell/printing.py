"""Every command in every form: what it prints can be read by people, by programs and by shells."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import count, pairwise
from pathlib import Path
from typing import Any, NoReturn

from tests.commands.invoking import invoke
from zos_monitor.tui.screen_cells import REST, cells_of

UNSEEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
"""Categories of characters that a terminal obeys, that reorder a line, or that nobody sees."""

COMMANDS: tuple[tuple[str, ...], ...] = (
    *(("runs",), ("runs", "--failed", "--include-errors")),
    ("runs", "--limit", "3", "--offset", "1"),
    *(("stats",), ("stats", "--days", "36500"), ("errors",), ("errors", "--since", "all")),
    *(("layers",), ("tonight",), ("tonight", "--back", "2"), ("show", "latest")),
    *(("watch", "--timeout", "0s"), ("watch", "--tonight", "--timeout", "0s")),
    *(("check",), ("check", "--verbose", "--window", "9w", "--least-runs", "1")),
    *(("export", "-"), ("export", "-", "--format", "jsonl"), ("export", "-", "--format", "md")),
)  # fmt: skip
"""Commands with their options; those about one run or one layer are put together beside."""

FORMS = ("--table", "--json", "--csv")
_NOT_FILTERED = ("check", "watch")
_STRAIGHT = ("runs", "stats", "layers", "tonight")
"""Of the causes of errors long ones move the rest of their line."""


def commands(
    run_ids: Sequence[str], layers: Sequence[str], flt: str
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each command in each of its forms, first the form."""
    named: list[tuple[str, ...]] = [
        ("show", run_id) for run_id in run_ids if run_id and "\0" not in run_id
    ]
    named += [("latest", layer) for layer in layers if layer]
    named += [("stats", "--layer", layer) for layer in layers[:1] if layer]
    for command in (*COMMANDS, *named):
        for form in FORMS:
            if command[0] == "export" and form != FORMS[0]:
                continue
            narrowing = ("--filter", flt) if flt and command[0] not in _NOT_FILTERED else ()
            rest = ("--", *command[1:]) if command in named and len(command) == 2 else command[1:]
            yield form, (command[0], form, *narrowing, *rest)


def assert_prints(path: Path, form: str, arguments: Sequence[str]) -> None:
    """Check what one command prints, and how it ends."""
    result = invoke("--db", path, *arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code in (0, 1, 2, 3), result.output
    assert "unforeseen" not in result.output
    assert "Traceback" not in result.stderr
    assert_visible(result.stderr)
    if arguments[0] == "export":
        _assert_exported(result.stdout, arguments[-1])
    elif form == "--json":
        for document in _documents(result.stdout):
            json.loads(document, parse_constant=_refuse)
    elif form == "--csv":
        _assert_records(result.stdout)
    else:
        assert_visible(result.stdout)
        if arguments[0] in _STRAIGHT and "--include-errors" not in arguments:
            assert_straight(result.stdout.splitlines())


def _refuse(constant: str) -> NoReturn:
    raise AssertionError(f"{constant} is no JSON")


def _documents(printed: str) -> list[str]:
    """Return the JSON documents that were printed: one, or one in each line of a watch."""
    return [printed] if printed.startswith(("{\n", "[\n")) else printed.splitlines()


def _assert_records(printed: str) -> None:
    records = [*csv.reader(io.StringIO(printed, newline=""), strict=True)]
    assert len({len(record) for record in records}) <= 1
    assert_visible(printed)


def _assert_exported(printed: str, fmt: str) -> None:
    if fmt == "jsonl":
        for line in printed.split("\n")[:-1]:
            json.loads(line, parse_constant=_refuse)
    elif fmt == "md":
        assert_visible(printed)
        rows = [line for line in printed.splitlines() if "|" in line]
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) <= 1, printed
    else:
        records = [*csv.reader(io.StringIO(printed, newline=""), strict=True)]
        assert len({len(record) for record in records}) <= 1


def assert_visible(printed: str) -> None:
    """Check that nothing steers the terminal; a joiner is seen between two emoji."""
    odd = {c for c in printed if c not in "\n\u200d" and unicodedata.category(c) in UNSEEN}
    assert not odd, sorted(map(hex, map(ord, odd)))


def assert_straight(lines: Sequence[str]) -> None:
    """Check that the columns of a table are where its head says, in cells of a terminal."""
    heads = [at for at, line in enumerate(lines) if _is_head(line)]
    for start, end in pairwise([*heads, len(lines)]):
        body = []
        for line in lines[start + 1 : end]:
            if not line.strip():
                break
            body.append(_cells(line))
        for word in re.finditer(r"\S+(?: \S+)*", lines[start]):
            left = all(_blank(line, word.start() - 2, word.start()) for line in body)
            right = all(_blank(line, word.end(), word.end() + 2) for line in body)
            assert left or right, (word[0], lines[start:end])


def _is_head(line: str) -> bool:
    return bool(re.fullmatch(r"[A-Z0-9%()/ -]{6,}", line)) and "  " in line.strip()


def _cells(line: str) -> list[str]:
    found = cells_of(line)
    assert found is not None or not line, line
    return found or []


def _blank(cells: Sequence[str], start: int, end: int) -> bool:
    return all(cell == " " for cell in cells[max(0, start) : end] if cell != REST or start > 0)


def run_everything(path: Path, run_ids: Sequence[str], layers: Sequence[str], flt: str) -> int:
    """Run every command in every form; return how many that were."""
    number = count()
    for form, arguments in commands(run_ids, layers, flt):
        try:
            assert_prints(path, form, arguments)
        except BaseException as fault:
            fault.add_note(f"zos-monitor {' '.join(map(ascii, arguments))}")
            raise
        next(number)
    return next(number)


def ids_and_layers(rows: Sequence[Any]) -> tuple[list[str], list[str]]:
    """Return ids and layers' names that can be typed, of rows as they were written."""
    ids = [row["id"] for row in rows if isinstance(row["id"], str)]
    layers = [row["layer_name"] for row in rows if isinstance(row["layer_name"], str)]
    return ids, layers
