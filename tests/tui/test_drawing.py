"""What is drawn anew: only what reads otherwise."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
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
        many.finish_run(run_id, completed_at=NOW + timedelta(seconds=9), processed=2)
        await driver.until(lambda: "✓ success" in draw(1).text)
        await driver.until(lambda: bool(drawn))
        assert set(drawn) == {1}


async def test_relative_times_turn_over(many: ZosWriter, path: Path) -> None:
    async with dashboard(path) as driver:
        assert driver.rows()[0].startswith("1h ago")
        driver.clock.now = NOW + timedelta(hours=2)
        driver.dashboard._on_tick()
        await driver.pilot.pause()
        assert driver.rows()[0].startswith("3h ago")
