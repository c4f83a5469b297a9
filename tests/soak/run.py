"""Plays what the command line asks for, prints the figures and the verdict."""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.terminal import ROOT
from tests.soak.calendar import Calendar
from tests.soak.player import Player, Watched
from tests.soak.report import Told, as_json, heading, lines, verdict
from tests.soak.stage import Zos, make_database
from tests.soak.terminal import NOTED, ONE_ARENA, Terminal
from zos_monitor.reports.places import ENVIRONMENT

DASHBOARD, SERVER = "dashboard", "server"
OPENED_WITHIN = 30.0
_NIGHT_SHARE = 0.7
_ABOUT = """
Play nights at high speed to a dashboard on a terminal of its own, with keys and faults at random,
and tell whether anything grows. Exits with 1 where something does, where the dashboard ends, notes
a fault of its own, keeps a key waiting, or shows what is out of date as live.
"""


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.soak", description=_ABOUT)
    parser.add_argument("--minutes", type=float, default=5.0, help="how long in all (5)")
    parser.add_argument("--nights", type=int, default=30, help="how many nights in that (30)")
    parser.add_argument("--seed", type=int, default=7, help="other keys and faults (7)")
    parser.add_argument("--size", type=int, default=2_000, help="runs of history (2,000)")
    parser.add_argument("--url", action="store_true", help="through an api beside the database")
    parser.add_argument("--types", action="store_true", help="tell which objects became more")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all samples to a file")
    told = parser.parse_args(words)
    if told.minutes <= 0 or told.nights < 1:
        parser.error("there must be some time, and a night")
    return told


def main(words: Sequence[str] | None = None) -> int:
    """Play, print, and return the exit status."""
    asked = _arguments(words)
    with TemporaryDirectory(prefix="zos-soak-") as name:
        told = play(
            Path(name),
            seconds=asked.minutes * 60,
            nights=asked.nights,
            seed=asked.seed,
            size=asked.size,
            url=asked.url,
            types=asked.types,
        )
    print("\n".join(verdict(told)))
    if asked.json is not None:
        asked.json.write_text(as_json(told), encoding="utf-8")
    return 1 if told.failed else 0


def play(
    folder: Path,
    *,
    seconds: float,
    nights: int,
    seed: int,
    size: int,
    url: bool = False,
    types: bool = False,
) -> Told:
    """Play so many nights in so many seconds, a lap each, and return what is to be told."""
    path, cycle = folder / "zos.db", seconds / nights
    first = datetime.now(UTC).replace(hour=3, minute=0, second=0, microsecond=0)
    first -= timedelta(days=nights)
    make_database(path, size, first.timestamp())
    night = cycle * _NIGHT_SHARE
    calendar = Calendar(first.timestamp(), time.monotonic(), night, cycle - night)
    with _processes(folder, path, calendar, seed, url=url) as (terminal, zos, watched):
        terminal.look()
        terminal.until(lambda lines: any("Runs" in line for line in lines), OPENED_WITHIN)
        player = Player(terminal, zos, folder, watched, seed)
        print("\n".join(heading()), flush=True)
        player.sample(types=types)
        shown = 0.0
        told = Told(player.played, seconds, cpu=player.cpu())
        for number in range(nights):
            end = (number + 1) * cycle
            last = number == nights - 1
            player.lap(end - min(3.0, cycle / 2), faulty=number % 3 != 2, types=types)
            told = told.by_now(player, zos.commits)
            if player.at - shown >= min(60.0, seconds / 3) or number == 0 or last:
                shown = player.at
                print("\n".join(lines(told)), flush=True)
            if not player.lives:
                break
    player.played.failures += [
        f"{path.name}: {path.read_text(encoding='utf-8')}" for path in (folder / NOTED).glob("*")
    ]
    return told


@contextmanager
def _processes(
    folder: Path, path: Path, calendar: Calendar, seed: int, *, url: bool
) -> Iterator[tuple[Terminal, Zos, list[Watched]]]:
    zos = Zos(path, calendar, seed)
    zos.start()
    opened = ("tests.soak.opened", calendar.written)
    inside, server_inside = folder / "inside.json", folder / "server.json"
    server: subprocess.Popen[bytes] | None = None
    source = ["--db", str(path)]
    if url:
        port = _free_port()
        api = [*opened, str(server_inside), "api", *source, "--port", str(port)]
        server = subprocess.Popen(
            [sys.executable, "-m", *api],
            cwd=ROOT,
            env=os.environ | ONE_ARENA | {ENVIRONMENT: str(folder / NOTED)},
            stderr=subprocess.DEVNULL,
        )
        _wait_for(port)
        source = ["--url", f"http://127.0.0.1:{port}"]
    terminal = Terminal([*opened, str(inside), *source], folder=folder)
    watched = [Watched(DASHBOARD, terminal.process.pid, inside)]
    if server is not None:
        watched.append(Watched(SERVER, server.pid, server_inside))
    try:
        yield terminal, zos, watched
    finally:
        terminal.close()
        zos.kill()
        if server is not None:
            server.terminate()
            server.wait()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
