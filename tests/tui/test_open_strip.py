"""The strip of open runs on the screen: it comes and goes, and leaves everything else alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from textual.geometry import Region

from tests.conftest import ZosProcess
from tests.tui.driving import NOW, WIDE, Driver, dashboard
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.tui.glyphs import ASCII
from zos_monitor.tui.line_view import LineView
from zos_monitor.tui.widgets.open_strip import OpenStrip

MINUTE = timedelta(minutes=1)
LEAST = (60, 15)
LAYER = "nightly-user-reflection"


@pytest.fixture
def many(writer: ZosWriter) -> ZosWriter:
    with writer.batch():
        for number in range(100, 200):
            start = NOW - number * MINUTE
            writer.raw_run(
                layer_name="weekly", started_at=start, completed_at=start + 20 * MINUTE / 60
            )
    return writer


def begin(zos: ZosWriter, minutes: float = 1, layer: str = LAYER, targets: int = 15) -> str:
    return zos.start_run(layer, started_at=NOW - minutes * MINUTE, targets_matched=targets)


def tells(driver: Driver, words: str) -> bool:
    return words in "".join(driver.strip)


def view(driver: Driver) -> tuple[object, ...]:
    runs = driver.dashboard.runs
    assert driver.selected is not None
    return driver.selected.id, runs.first_row, runs.cursor_row, driver.pane, driver.rows()[:8]


async def test_it_comes_with_the_first_open_run_and_goes_with_the_last(
    many: ZosWriter, path: Path
) -> None:
    async with dashboard(path) as driver:
        await driver.until(lambda: driver.known)
        assert driver.strip == []
        first = begin(many)
        await driver.strip_of(1)
        assert driver.strip == [
            f" ▶ {LAYER}     ░░░░░░░░░░░░░░░░░░   ~0/15 · — left · last activity 1m ago · 0 calls"
        ]
        second = begin(many, 2, "weekly", 4)
        await driver.strip_of(2)
        assert [line.split()[1] for line in driver.strip] == [LAYER, "weekly"]  # newest first
        many.finish_run(first, completed_at=NOW, processed=15)
        await driver.strip_of(1)
        assert driver.strip[0].startswith(" ▶ weekly")
        many.finish_run(second, completed_at=NOW, processed=4)
        await driver.strip_of(0)


async def test_it_follows_another_process_at_work(path: Path, zos_process: ZosProcess) -> None:
    zos_process.open(path)
    zos_process.do(
        "at = datetime(2026, 11, 21, 11, 59, tzinfo=UTC)\n"
        f"run = zos.start_run({LAYER!r}, started_at=at, targets_matched=4)"
    )
    async with dashboard(path) as driver:
        await driver.until(lambda: "~0/4" in "".join(driver.strip))
        for done in range(1, 4):
            zos_process.do(
                f"at = datetime(2026, 11, 21, 11, 59, {done * 15}, tzinfo=UTC)\n"
                f"zos.call(run, 'server:1:user:{done}', created_at=at, cost=0.25)\n"
                f"zos.insight(run, 'server:1:user:{done}', created_at=at)"
            )
            await driver.until(partial(tells, driver, f"~{done}/4"))
        (line,) = driver.strip
        assert "█████████████▌░░░░    ~3/4 · any moment · $0.75 · 3 calls · 9.60k tokens" in line
        zos_process.do(
            "zos.call(run, 'server:1:user:9', created_at=at, success=False, error='rate limit')"
        )
        await driver.until(lambda: "~4/4" in "".join(driver.strip))
        assert "██████████████████    ~4/4 · any moment · 1 error · $0.76" in driver.strip[0]
        zos_process.do("zos.finish_run(run, completed_at=at, processed=3, status='partial')")
        await driver.strip_of(0)


async def test_interrupted_runs_are_not_in_it(many: ZosWriter, path: Path) -> None:
    begin(many, 50)  # and its layer has started again
    begin(many, 20)
    begin(many, 2)
    begin(many, 9, "weekly")
    async with dashboard(path) as driver:
        await driver.strip_of(2)
        assert f"▶ {LAYER}" in driver.strip[0]
        assert "▶ weekly" in driver.strip[1]
        assert sum("⊘ interr" in row for row in driver.rows()) == 2


async def test_it_takes_a_sixth_of_the_screen_at_most(many: ZosWriter, path: Path) -> None:
    for number in range(9):
        begin(many, 1 + number / 100, f"layer-{number}")
    async with dashboard(path) as driver:
        await driver.strip_of(6)
        sizes = ((80, 24, 4), (60, 15, 2), (120, 14, 0), (120, 60, 9), (120, 40, 6))
        for width, height, lines in sizes:
            await driver.pilot.resize_terminal(width, height)
            await driver.strip_of(lines)
            assert all(len(line) == width for line in driver.lines())
            if lines:
                assert driver.strip[0].startswith(" ▶ layer-0 ")
                more = f" and {10 - lines} more that are open" if lines < 9 else " ▶ layer-8 "
                assert driver.strip[-1].startswith(more)


async def test_signs_of_ascii(many: ZosWriter, path: Path) -> None:
    begin(many, 20)
    begin(many, 1, "weekly")
    async with dashboard(path, size=(80, 24), glyphs=ASCII) as driver:
        await driver.strip_of(2)
        assert driver.strip[0].startswith(
            " > weekly                   ----------   ~0/15 - about 4m 40s left"
        )
        assert driver.strip[1].startswith(f" ! {LAYER}  ----------   ~0/15 - stalled - last act")


@pytest.mark.parametrize("size", [WIDE, LEAST], ids=str)
async def test_names_that_do_evil_are_text(
    many: ZosWriter, path: Path, size: tuple[int, int]
) -> None:
    many.raw_run(
        layer_name="\x1b[31m[bold red]\n\t夜の反省[/]",
        started_at=NOW - MINUTE,
        completed_at=None,
        targets_matched=2**62,
    )
    begin(many, 1, "層" * 40)
    async with dashboard(path, size=size) as driver:
        await driver.strip_of(2)
        assert driver.strip[0].startswith(" ▶ 層層層")
        assert "[31m[bold red]" in driver.strip[1]
        assert "\x1b" not in driver.text()
        assert all(
            strip.cell_length == size[0] for strip in driver.app.screen._compositor.render_strips()
        )


@pytest.mark.parametrize("keys", [("pagedown", "k"), ("G",)], ids=str)
async def test_cursor_scroll_and_pane_stay_while_it_comes_and_goes(
    many: ZosWriter, path: Path, keys: tuple[str, ...]
) -> None:
    async with dashboard(path) as driver:
        await driver.press(*keys)
        await driver.settled()
        runs = driver.dashboard.runs
        assert driver.selected is not None
        chosen = driver.selected.id
        at_the_end = runs.first_row + runs.rows_seen == runs.row_count
        open_runs = []
        for number in range(2):
            open_runs.append(begin(many, 1, f"layer-{number}"))
            await driver.strip_of(number + 1)
            await driver.settled()
            assert driver.selected.id == chosen
            assert driver.pane == "runs"
            assert runs.cursor_row in range(runs.first_row, runs.first_row + runs.rows_seen)
        before = view(driver)
        for number, run_id in enumerate(open_runs):
            many.finish_run(run_id, completed_at=NOW, processed=1)
            await driver.strip_of(1 - number)
            await driver.settled()
        after = view(driver)
        assert after[0] == before[0] == chosen
        assert after[2:4] == before[2:4]
        if not at_the_end:
            assert after[1] == before[1]
            # The rows below the open ones, which read otherwise now.
            assert after[4][2:] == before[4][2:]  # type: ignore[index]


async def test_a_filter_that_is_being_typed_is_left_alone(many: ZosWriter, path: Path) -> None:
    async with dashboard(path) as driver:
        await driver.press("slash", *"wee")
        begin(many)
        await driver.strip_of(1)
        await driver.press(*"kly")
        await driver.until(lambda: driver.dashboard.feed.filter.text == "weekly")
        assert driver.counts == (100, 101)
        assert len(driver.strip) == 1  # it tells of all runs, whatever the filter


async def test_a_tick_that_changes_nothing_paints_nothing(
    many: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(many)
    begin(many, 20, "weekly")
    async with dashboard(path) as driver:
        await driver.until(lambda: len(driver.strip) == 2 and driver.known)
        await driver.settled()
        painted: list[object] = []
        strip, render, refresh = driver.dashboard.strip, OpenStrip.render, LineView.refresh

        def noted(self: LineView, *regions: Region, **options: bool) -> LineView:
            painted.append((self.id, regions))
            return refresh(self, *regions, **options)

        def rendered() -> object:
            painted.append("strip")
            return render(strip)

        monkeypatch.setattr(LineView, "refresh", noted)
        monkeypatch.setattr(strip, "render", rendered)
        _watch_refresh(monkeypatch, strip, painted)
        _watch_refresh(monkeypatch, driver.dashboard.status, painted)
        for _ in range(5):
            await driver.tick()
        assert painted == []
        await driver.tick(seconds=5)  # the list tells durations to the second, the strip does not
        assert "strip" not in painted
        assert "status" not in painted
        await driver.tick(minutes=1)
        await driver.until(lambda: "last activity 2m ago" in driver.strip[0])
        assert "strip" in painted


def _watch_refresh(monkeypatch: pytest.MonkeyPatch, widget: object, painted: list[object]) -> None:
    refresh: Callable[..., object] = widget.refresh  # type: ignore[attr-defined]
    name = "strip" if isinstance(widget, OpenStrip) else "status"

    def noted(*regions: object, **options: object) -> object:
        painted.append(name)
        return refresh(*regions, **options)

    monkeypatch.setattr(widget, "refresh", noted)
