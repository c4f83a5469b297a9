"""What is drawn anew: only what reads otherwise."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from textual.geometry import Region
from textual.strip import Strip

from tests.tui.driving import NOW, dashboard
from zos_monitor.demo.writer import ZosWriter


@pytest.fixture
def many(writer: ZosWriter) -> ZosWriter:
    with writer.batch():
        for number in range(100, 200):
            start = NOW - timedelta(minutes=number)
            writer.raw_run(started_at=start, completed_at=start + timedelta(seconds=30))
    return writer


async def test_an_unrelated_commit_draws_nothing(
    many: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with dashboard(path) as driver:
        asked: list[object] = []
        drawn: list[int] = []
        runs, service = driver.dashboard.runs, driver.dashboard.service
        draw, ask = runs.render_line, service.run_slice

        async def counting(*args: object, **options: object) -> object:
            answer = await ask(*args, **options)  # type: ignore[arg-type]
            asked.append(answer)
            return answer

        monkeypatch.setattr(service, "run_slice", counting)

        def drawing(y: int) -> Strip:
            drawn.append(y)
            return draw(y)

        monkeypatch.setattr(runs, "render_line", drawing)
        many.message("1", "2", created_at=NOW)
        await driver.until(lambda: bool(asked))
        await driver.pilot.pause()
        assert drawn == []


async def test_a_changed_run_redraws_its_line_alone(
    many: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = many.start_run("nightly", started_at=NOW, targets_matched=2)
    async with dashboard(path) as driver:
        drawn: list[int] = []
        runs = driver.dashboard.runs
        draw = runs.render_line

        def drawing(y: int) -> Strip:
            drawn.append(y)
            return draw(y)

        monkeypatch.setattr(runs, "render_line", drawing)
        # Its end would take the strip above the list away, and so move every line.
        many.call(run_id, "server:1:user:2", created_at=NOW, cost=4.5)
        await driver.until(lambda: "$4.50" in draw(1).text)
        await driver.until(lambda: bool(drawn))
        assert set(drawn) == {1}


async def test_relative_times_turn_over(many: ZosWriter, path: Path) -> None:
    async with dashboard(path) as driver:
        assert driver.rows()[0].startswith("1h ago")
        driver.clock.now = NOW + timedelta(hours=2)
        driver.dashboard._on_tick()
        await driver.pilot.pause()
        assert driver.rows()[0].startswith("3h ago")


async def test_a_window_moves_on_though_nothing_is_written(many: ZosWriter, path: Path) -> None:
    async with dashboard(path, filter_text="since:2h") as driver:
        before = driver.counts
        assert before == (21, 100)
        await driver.press("G")
        await driver.settled()
        driver.clock.now = NOW + timedelta(minutes=10)
        driver.dashboard._on_tick()
        await driver.until(lambda: driver.counts == (11, 100))
        totals = driver.dashboard.layers_panel.totals
        assert totals is not None
        assert totals.overall.runs == 11
        driver.clock.now = NOW + timedelta(days=30)
        driver.dashboard._on_tick()
        await driver.until(lambda: driver.counts == (0, 100))
        assert "changed 2" in driver.lines()[0]  # with its date now


async def test_a_page_that_comes_later_is_of_the_same_list(
    many: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with many.batch():
        for number in range(200, 600):
            start = NOW - timedelta(minutes=number)
            many.raw_run(started_at=start, completed_at=start)
    async with dashboard(path, filter_text="since:9h") as driver:
        assert driver.counts == (441, 500)
        driver.clock.now = NOW + timedelta(minutes=30)  # and no tick, no commit
        seen: set[str] = set()
        runs = driver.dashboard.runs
        for row in range(0, 441, runs.rows_seen):
            runs.scroll_to_row(row)
            await driver.until(lambda: len(runs.runs_in_view) == runs.rows_seen)
            seen.update(run.id for run in runs.runs_in_view)
        assert len(seen) == 441


async def test_a_commit_that_shows_nowhere_repaints_no_pane(
    many: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with dashboard(path) as driver:
        painted: list[str] = []
        dashboard_ = driver.dashboard
        for pane in (dashboard_.runs, dashboard_.detail, dashboard_.layers_panel):
            refresh = pane.refresh

            def noting(
                *regions: object,
                pane_id: str | None = pane.id,
                refresh: Callable[..., object] = refresh,
                **options: object,
            ) -> object:
                painted.append(f"{pane_id} {regions} {options}")
                return refresh(*regions, **options)

            monkeypatch.setattr(pane, "refresh", noting)
        committed = dashboard_.status.committed_at
        with closing(sqlite3.connect(path)) as other, other:
            other.execute("UPDATE layer_runs SET model_profile = 'other' WHERE rowid = 90")
        await driver.until(lambda: dashboard_.status.committed_at != committed)
        await driver.settled()
        for _ in range(20):
            await driver.pilot.pause()
        assert painted == []


async def test_nothing_opens_behind_the_key_that_quits(many: ZosWriter, path: Path) -> None:
    for key in ("s", "l", "question_mark", "ctrl+p"):
        async with dashboard(path) as driver:
            await driver.press("q", key)
            await driver.until(lambda: driver.app.return_code == 0)


@pytest.mark.parametrize("minutes", [0, 150, 90_000])
async def test_a_new_run_lays_nothing_out_anew(
    many: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    """Only so are the lines alone sent that read otherwise, and not the whole screen."""
    async with dashboard(path) as driver:
        many.raw_run(started_at=NOW - timedelta(minutes=120))  # and the counts have three figures
        await driver.until(lambda: driver.counts == (101, 101))
        await driver.settled()
        laid_out: list[object] = []
        layout = driver.dashboard._refresh_layout
        monkeypatch.setattr(
            driver.dashboard, "_refresh_layout", lambda *args: laid_out.append(layout(*args))
        )
        start = NOW - timedelta(minutes=minutes)
        many.raw_run(started_at=start, completed_at=start + timedelta(seconds=30))
        await driver.until(lambda: driver.counts == (102, 102))
        for _ in range(10):
            await driver.pilot.pause()
        assert laid_out == []
        await driver.press("G")
        await driver.until(lambda: driver.dashboard.runs.cursor_row == 101)
        assert driver.dashboard.runs.rows_seen + driver.dashboard.runs.first_row == 102


async def test_another_run_has_the_detail_draw_its_title_and_what_reads_otherwise(
    many: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many.raw_run(started_at=NOW, completed_at=NOW, layer_name="other")
    async with dashboard(path) as driver:
        detail = driver.dashboard.detail
        titled = str(detail.border_title)
        painted: list[list[tuple[int, int]]] = []
        mark = detail._set_dirty

        def noting(*regions: Region) -> None:
            painted.append([(region.y, region.height) for region in regions])
            mark(*regions)

        monkeypatch.setattr(detail, "_set_dirty", noting)
        await driver.press("j")
        await driver.settled()
        assert str(detail.border_title) != titled
        assert painted == [[(-1, 1)]]
