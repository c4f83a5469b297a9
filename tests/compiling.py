"""What is compiled once: the program, and the tests with their assertions taken apart.

Each process that runs tests would otherwise do it for itself, at the same time as the others, and
so would each program that a test starts, where Python has been told not to keep what it compiled.
"""

from __future__ import annotations

import importlib
import os
import sys
from contextlib import suppress
from pathlib import Path

import pytest

_TESTS = Path(__file__).parent


def keep_compiled(config: pytest.Config) -> None:
    """Have what is compiled kept beside its source, as Python does unless told otherwise.

    A folder of its own for that would hide what is compiled of the installed packages as well:
    each process would compile all of them anew.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    if not hasattr(config, "workerinput") and _whole_suite(config):
        import compileall

        compileall.compile_dir(_TESTS.parent / "zos_monitor", quiet=2)


def take_turns(config: pytest.Config) -> None:
    """Import the tests in another order in each process, so that each finds some compiled.

    To be called while tests are collected, for then a warning is an error.
    """
    worker = getattr(config, "workerinput", None)
    if worker is None or not _whole_suite(config):
        return
    files = sorted(_TESTS.rglob("test_*.py"))
    first = len(files) * int(worker["workerid"].removeprefix("gw")) // worker["workercount"]
    for file in (*files[first:], *files[:first]):
        name = ".".join(file.relative_to(_TESTS.parent).with_suffix("").parts)
        # Whatever fails here, or is to be skipped, is met again and told when it is collected.
        with suppress(Exception, pytest.skip.Exception):
            importlib.import_module(name)


def _whole_suite(config: pytest.Config) -> bool:
    return [Path(arg).resolve() for arg in config.args] == [_TESTS]
