"""Processes of other users than the tests': zos is one, who watches it another."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

# Modules that are imported as they are needed can't be, once the user has no way to them any more:
# so all is done once before.
_RUN = """
import contextlib, io, json, os, pathlib, sqlite3, sys, tempfile
from tests.another_user.asking import *
from zos_monitor.demo.writer import ZosWriter
with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
    path = pathlib.Path(folder) / "zos.db"
    with ZosWriter(path) as zos:
        write(zos)
    write_again_and_again(path, 0.01)
    if sys.argv[2:]:
        ask_everything(path), open_dashboard(path), go_on_asking(path, 0.01)
uid = int(sys.argv[1])
os.setgroups([]), os.setgid(uid), os.setuid(uid), os.umask(0o022)
for line in sys.stdin:
    try:
        answer = [eval(json.loads(line), globals()), None]
    except BaseException as fault:
        answer = [None, repr(fault)]
    print(json.dumps(answer), flush=True)
"""


class User:
    """A process of another user, who may watch."""

    def __init__(self, uid: int, *, watches: bool = False) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _RUN, str(uid), *(["watches"] if watches else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "HOME": "/nonexistent"},
        )

    def begin(self, code: str) -> None:
        """Have it evaluate Python code, without waiting for that."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(code) + "\n")
        self._process.stdin.flush()

    def end(self) -> object:
        """Wait for what was begun, and return its value; what it raises fails the test."""
        assert self._process.stdout is not None
        value, fault = json.loads(self._process.stdout.readline())
        assert fault is None, fault
        return value

    def do(self, code: str) -> object:
        self.begin(code)
        return self.end()

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


def owners(folder: Path) -> dict[str, int]:
    """Return the files in a folder, and whose they are."""
    found: dict[str, int] = {}
    for name in os.listdir(folder):
        try:
            found[name] = (folder / name).lstat().st_uid
        except FileNotFoundError:  # zos has just taken it away
            continue
    return found
