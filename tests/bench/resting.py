"""What the dashboard costs while nothing happens, what a key sends, and what scrolling leaves."""

from __future__ import annotations

import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.bench import bare
from tests.bench.dashboard import (
    CALM,
    DOWN,
    FRAME,
    PAGE_DOWN,
    PAGE_UP,
    PLAIN_DRIVER,
    dashboard,
    has_option,
)
from tests.bench.figures import Bar, Figure
from tests.bench.plain import plain
from tests.bench.processes import cpu_seconds, memory
from tests.bench.setting import SMALL, Setting
from tests.bench.starting import BARE
from tests.bench.terminal import Gone, Terminal
from zos_monitor.demo.layers import BY_DAY
from zos_monitor.demo.writer import ZosWriter

MINUTE = 60.0
RECENT = 30
"""How many runs are added, one in each of the last minutes."""
CALM_CPU = 0.02
"""Start-up is over after a second that took no more CPU than this, in seconds."""
AFTER = 5.0
"""How long after a turn of the minute measuring begins, so that the next is in it for certain."""
TURN = 1.0
"""Bytes that come within so many seconds of each other belong to one turn of the minute."""


def idle(setting: Setting) -> list[Figure]:
    """Bytes and CPU of a minute without a commit, beside a bare app in the same minute."""
    seconds = 8.0 if setting.quick else MINUTE
    with setting.copy() as path, plain(path), Terminal(BARE) as beside:
        # The ages of all runs on the screen are in minutes, and turn over together.
        _add_recent_runs(path)
        with dashboard(path) as terminal:
            if beside.wait(lambda screen: screen.has(bare.TEXT)) is None:
                raise Gone("the bare app shows nothing")
            _calm_down(terminal)
            if seconds >= MINUTE:
                # Only from its second turn on does a minute change the age of every run.
                terminal.take(MINUTE + AFTER)
                terminal.settle(AFTER)
            watched = (terminal, beside)
            before = [cpu_seconds(each.pid) for each in watched]
            begun = time.monotonic()
            bursts = _bursts(terminal, seconds)
            spent = time.monotonic() - begun
            ours, theirs = (
                (cpu_seconds(each.pid) - cpu) / spent * 100
                for each, cpu in zip(watched, before, strict=True)
            )
    turn = max(bursts, default=0)
    minute = f"in {seconds:g} s without a commit"
    return [
        Figure(
            group="idle",
            name=f"bytes {minute}, outside one minute turn",
            unit="bytes",
            samples=[sum(bursts) - turn],
            bar=Bar(most=0),
        ),
        Figure(
            group="idle",
            name="bytes of the minute turn",
            unit="bytes",
            samples=[turn] if seconds >= MINUTE else [],
            bar=Bar(most=400),
            note="" if seconds >= MINUTE else f"no minute turns for certain in {seconds:g} s",
        ),
        Figure(
            group="idle",
            name=f"CPU {minute}",
            unit="% of a core",
            samples=[ours],
            against="bare Textual app",
            baseline=[theirs],
            bar=Bar(ratio=1.5),
        ),
    ]


def _add_recent_runs(path: Path) -> None:
    now = datetime.now(UTC)
    with ZosWriter(path) as zos, zos.batch():
        for number in range(RECENT, 0, -1):
            # They started at all seconds of a minute.
            at = now - timedelta(minutes=number, seconds=number * 2)
            layer = BY_DAY[number % len(BY_DAY)].name
            zos.raw_run(layer_name=layer, started_at=at, completed_at=at + timedelta(seconds=20))


def _calm_down(terminal: Terminal, limit: float = 20.0) -> None:
    """Wait until starting up costs nothing any more, seen or unseen."""
    deadline = time.monotonic() + limit
    spent = 1.0
    while spent > CALM_CPU and time.monotonic() < deadline:
        before = cpu_seconds(terminal.pid)
        terminal.settle(1.0)
        spent = cpu_seconds(terminal.pid) - before


def _bursts(terminal: Terminal, seconds: float) -> list[int]:
    """Read for so many seconds; return how many bytes came in each turn."""
    bursts: list[int] = []
    last = 0.0
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        if data := terminal.take(left):
            if terminal.last - last > TURN:
                bursts.append(0)
            bursts[-1] += len(data)
            last = terminal.last
    return bursts


def sent(setting: Setting) -> list[Figure]:
    """Bytes for a cursor move and a page down, beside the same with the plain driver."""
    counts = {DOWN: setting.times(40, 10), PAGE_DOWN: setting.times(30, 8)}
    ways = {False: ()} | ({True: (PLAIN_DRIVER,)} if has_option(PLAIN_DRIVER) else {})
    taken: dict[tuple[str, bool], list[float]] = {}
    with ExitStack() as stack:
        stack.enter_context(plain(setting.large))
        opened = {
            way: stack.enter_context(dashboard(setting.large, *options))
            for way, options in ways.items()
        }
        for key, count in counts.items():
            for _ in range(count):
                for way, terminal in opened.items():
                    taken.setdefault((key, way), []).append(_bytes(terminal, key))
    return [
        Figure(
            group="bytes",
            name=f"bytes for {name} at 120×40",
            unit="bytes",
            samples=taken[key, False],
            against=PLAIN_DRIVER,
            baseline=taken.get((key, True), ()),
            bar=Bar(ratio=0.6),
        )
        for key, name in ((DOWN, "a cursor move"), (PAGE_DOWN, "a page down"))
    ]


def _bytes(terminal: Terminal, key: str) -> int:
    before = terminal.written
    terminal.send(key)
    # Something must come; then the frame is awaited to its end.
    terminal.take(2.0)
    terminal.settle(FRAME)
    return terminal.written - before


def scrolled(setting: Setting) -> list[Figure]:
    """Memory after scrolling through a hundred pages."""
    pages = setting.times(100, 50)
    taken: dict[Path, list[float]] = {setting.large: [], setting.small: []}
    for _ in range(setting.times(3, 1)):
        with ExitStack() as stack:
            opened = {}
            for path in taken:
                stack.enter_context(plain(path))
                opened[path] = stack.enter_context(dashboard(path))
            for number in range(pages):
                # The small history ends before, so both turn back after so many pages.
                key = PAGE_DOWN if number // 40 % 2 == 0 else PAGE_UP
                for terminal in opened.values():
                    terminal.send(key)
                for terminal in opened.values():
                    terminal.take(1.0)
                    terminal.settle(0.02, 1.0)
            for path, terminal in opened.items():
                terminal.settle(CALM)
                taken[path].append(memory(terminal.pid))
    return [
        Figure(
            group="memory",
            name=f"memory after {pages} pages, {setting.sizes}",
            unit="MB",
            samples=taken[setting.large],
            against=f"{SMALL:,} runs",
            baseline=taken[setting.small],
            bar=Bar(more=15),
        )
    ]
