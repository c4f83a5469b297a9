"""The command line as its users call it: within this process, and as a process of its own."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from inspect import signature
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.conftest import NOW
from tests.waiting import PATIENCE
from zos_monitor.cli import main
from zos_monitor.model import times
from zos_monitor.options import Options
from zos_monitor.questions import Service

Outcome = subprocess.CompletedProcess[str]

MIXED = "mix_stderr" in signature(CliRunner).parameters
# Before click 8.2 the two outputs were kept apart only if one asked for it.
APART: dict[str, Any] = {"mix_stderr": False} if MIXED else {}


def invoke(*arguments: object, **environment: str) -> Result:
    return CliRunner(**APART, env=environment).invoke(
        main, [str(argument) for argument in arguments]
    )


def run(*arguments: object, **environment: str) -> Outcome:
    """Run the program as a process without a terminal."""
    return subprocess.run(
        program(*arguments),
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding=environment.get("PYTHONIOENCODING", "utf-8"),
        timeout=PATIENCE * 3,
        check=False,
    )


def ask_at_that_time(patch: pytest.MonkeyPatch) -> None:
    """Have commands in this process ask at the present that databases are made for."""
    real = Options.service

    def service(options: Options) -> Service:
        asked = real(options)
        asked.clock = lambda: NOW
        return asked

    patch.setattr(Options, "service", service)
    patch.setattr(times, "utc_now", lambda: NOW)


def program(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "zos_monitor", *map(str, arguments)]


def printed(*arguments: object) -> str:
    """Return what a command prints that ends well and has nothing to say."""
    result = invoke(*arguments)
    assert (result.exit_code, result.stderr) == (0, ""), result.output
    return str(result.stdout)


def as_json(*arguments: object) -> Any:  # noqa: ANN401
    return json.loads(printed(*arguments, "--json"))


def as_csv(*arguments: object) -> list[dict[str, str]]:
    """Return the records of CSV; there is one line for each, and one for their columns."""
    text = printed(*arguments, "--csv")
    records = [*csv.DictReader(io.StringIO(text))]
    assert len(text.splitlines()) == len(records) + 1
    return records


def complaint(outcome: Outcome | Result, status: int = 2) -> str:
    """Return the one line on standard error with which a program ended."""
    ended = outcome.exit_code if isinstance(outcome, Result) else outcome.returncode
    assert (ended, outcome.stdout) == (status, "")
    [line] = outcome.stderr.splitlines()
    assert line.startswith("zos-monitor: ")
    return str(line)
