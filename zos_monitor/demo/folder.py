"""A zos folder for the time of a demo: settings, layers, a database, and a zos at work on it."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from zos_monitor.demo.history import write_history
from zos_monitor.demo.hours import USUAL, Hours, hours_from
from zos_monitor.demo.settings_files import write_settings
from zos_monitor.demo.tonight import subjects_follow
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.times import utc_now

_PATIENCE = 5.0
"""How long the player may take to end before it is killed, in seconds."""


class DemoFolder:
    """A temporary zos folder with a history and, unless ``live`` is False, a night in progress.

    A context manager: on entering it writes the folder and starts the player in a process of its
    own; on leaving, however that happens, it stops the player and removes the folder. The history
    has ``nights`` nights up to ``until``, by default the present. A ``live`` night is due then, and
    the nights before it were at the same hours.
    """

    def __init__(
        self,
        *,
        nights: int = 30,
        seed: int = 7,
        until: datetime | None = None,
        live: bool = True,
        speed: float = 1.0,
    ) -> None:
        self._nights = nights
        self._seed = seed
        self._until = until
        self._live = live
        self._speed = speed
        self._stack = ExitStack()
        self._root: Path | None = None
        self.player: subprocess.Popen[bytes] | None = None
        """The process that plays, or None before it starts and without one."""

    @property
    def root(self) -> Path:
        """The folder, as zos would be started in. Raises RuntimeError outside of the context."""
        if self._root is None:
            raise RuntimeError("the demo folder exists only inside its context")
        return self._root

    @property
    def database(self) -> Path:
        """The database file."""
        return self.root / "data" / "zos.db"

    @property
    def truth(self) -> Path:
        """Where the player notes how far its runs really are; see ``live.told_to``."""
        return self.root.parent / "truth.jsonl"

    @property
    def log(self) -> Path:
        """What the player had to complain about; empty if all is well."""
        return self.root.parent / "player.log"

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            place = stack.enter_context(
                TemporaryDirectory(prefix="zos-demo-", ignore_cleanup_errors=True)
            )
            self._root = Path(place) / "zos"
            stack.callback(self._forget)
            self._write()
            if self._live:
                self.player = self._start()
                stack.callback(_stop, self.player)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def _forget(self) -> None:
        self._root = None

    def _write(self) -> None:
        until = self._until or utc_now()
        hours = self._hours(until)
        write_settings(self.root, hours)
        self.database.parent.mkdir()
        with ZosWriter(self.database, seed=self._seed) as writer:
            write_history(writer, nights=self._nights, until=until, seed=self._seed, hours=hours)

    def _hours(self, until: datetime) -> Hours:
        if not self._live:
            return USUAL
        return hours_from(until, subjects_follow=subjects_follow(self._seed) / self._speed)

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "zos_monitor.demo.live", str(self.database)]
        command += ["--speed", str(self._speed), "--seed", str(self._seed), "--nights", "forever"]
        command += ["--parent", str(os.getpid()), "--truth", str(self.truth)]
        command += ["--remove", str(self.root.parent)]  # where we are killed and can't do it
        with self.log.open("wb") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,  # what is typed at our terminal is not for the player
            )


def _stop(player: subprocess.Popen[bytes]) -> None:
    player.terminate()
    try:
        player.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        player.kill()
        player.wait()
