"""Marks and open runs from the database to the screen, and faults met on the way."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.tui.driving import NARROW, NOW, Driver, dashboard
from zos_monitor import cli, dashboard_opening
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.faults import DatabaseFault, FaultKind
from zos_monitor.service import RunService
from zos_monitor.tui import opening

MINUTE = timedelta(minutes=1)
TOPIC = "server:1:user:2"


@pytest.fixture
def costs(zos: ZosWriter) -> None:
    """Write runs of $0.10, one that cost more and is told as such, and one told wrongly."""
    for number, (run_id, true, stored) in enumerate(
        [*((f"usual-{n}", 0.10, 0.10) for n in range(4)), ("dear", 0.50, 0.5), ("wrong", 0.2, 0.02)]
    ):
        start = NOW - timedelta(hours=9 - number)
        zos.raw_run(
            id=run_id,
            layer_name="users",
            started_at=start,
            completed_at=start + MINUTE,
            estimated_cost_usd=stored,
        )
        zos.call(run_id, TOPIC, created_at=start + MINUTE / 2, cost=true)


def fact(driver: Driver, label: str) -> str:
    """Return a fact of the detail on one line, though it is wrapped."""
    lines = driver.told()
    first = next(n for n, line in enumerate(lines) if line.startswith(label))
    rest = [line for line in lines[first + 1 :]]
    more = next((n for n, line in enumerate(rest) if not line.startswith(" ")), len(rest))
    return " ".join(" ".join([lines[first], *rest[:more]]).split())


@pytest.mark.usefixtures("costs")
async def test_costs_are_marked_in_the_list_and_explained_in_the_detail(path: Path) -> None:
    async with dashboard(path) as driver:
        await driver.until(lambda: "▲$0.50" in driver.text())
        costs = [row.split()[6] for row in driver.rows()[:6]]
        assert costs == ["≠$0.20", "▲$0.50", *["$0.10"] * 4]
        await driver.see_run()
        assert fact(driver, "Cost") == "Cost $0.20 its row says $0.02"
        await driver.press("j")
        await driver.settled()
        assert fact(driver, "Cost") == "Cost $0.50 ▲ more than 3 times the layer's $0.10"
        head, total = driver.dashboard.layers_panel.head_line(0), driver.lines()
        assert any(cell.text.strip() == "STORED" for cell in head)
        assert any("$1.10" in line and "$0.92" in line for line in total)


async def test_an_open_run_tells_of_its_errors_before_zos_does(zos: ZosWriter, path: Path) -> None:
    run_id = zos.start_run("users", started_at=NOW - 4 * MINUTE, targets_matched=9)
    zos.call(run_id, TOPIC, created_at=NOW - 3 * MINUTE, cost=0.25)
    zos.insight(run_id, TOPIC, created_at=NOW - 3 * MINUTE)
    async with dashboard(path) as driver:
        await driver.until(lambda: "~1/9" in driver.rows()[0])
        await driver.see_run()
        assert fact(driver, "Activity").startswith("Activity last activity 3m ago")
        assert fact(driver, "Targets") == "Targets 1 of 9 done 1 with insight; estimated"
        assert fact(driver, "Cost") == "Cost $0.25 so far"
        error = {"success": False, "error": "429 [red]rate limit", "cost": None}
        zos.call(run_id, "server:1:user:3", created_at=NOW, **error)  # type: ignore[arg-type]
        await driver.until(lambda: "1 with insight, 1 failed; estimated" in fact(driver, "Targets"))
        await driver.press("1")
        await driver.until(lambda: "[red]rate limit" in "\n".join(driver.told()))
        assert "1 error of 1 cause so far, from its failed calls" in "\n".join(driver.told())
        await driver.until(lambda: "~2/9" in driver.rows()[0])
        zos.finish_run(run_id, completed_at=NOW, processed=0, status="dry")
        await driver.until(lambda: "· dry" in driver.rows()[0])
        await driver.see_run()
        await driver.until(lambda: fact(driver, "State").startswith("State · dry"))


async def test_a_dry_run_says_why_and_a_sum_what_it_leaves_out(zos: ZosWriter, path: Path) -> None:
    start = NOW - timedelta(hours=1)
    zos.raw_run(
        id="dry",
        status="dry",
        started_at=start,
        completed_at=start,
        targets_matched=0,
        estimated_cost_usd=None,
    )
    zos.raw_run(started_at=start - MINUTE, completed_at=start)
    async with dashboard(path, size=NARROW) as driver:
        line = driver.dashboard.totals_line.region.y
        assert (
            "last 7 days: 2 runs 1 success 1 dry $0.01 +1 run without cost" in driver.lines()[line]
        )
        await driver.press("enter")
        await driver.until(lambda: "· dry  no target matched" in driver.text())
        await driver.press("L")
        await driver.until(lambda: "+1 run without cost" in driver.text())


async def test_a_fault_while_the_outlook_asks_ends_nothing(
    zos: ZosWriter, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = zos.start_run("users", started_at=NOW - MINUTE, targets_matched=9)
    async with dashboard(path) as driver:
        await driver.strip_of(1)
        await driver.until(lambda: driver.known)
        asked: list[object] = []

        async def fail(*_: object) -> None:
            asked.append(_)
            raise DatabaseFault(FaultKind.LOCKED, "the database is locked")

        for question in ("present", "nights", "pasts"):
            asked.clear()
            with monkeypatch.context() as patch:
                patch.setattr(driver.dashboard.service, question, fail)
                driver.clock.now += MINUTE  # the nights have had their rest
                zos.raw_run(layer_name="other", started_at=NOW)
                await driver.until(lambda: bool(asked))
                assert len(driver.strip) == 1
        zos.finish_run(run_id, completed_at=NOW, processed=9)
        await driver.strip_of(0)
        await driver.until(lambda: driver.counts == (4, 4))
        await driver.press("j", "k", "T", "escape", "u")
        assert driver.app.return_code is None


@pytest.mark.parametrize("words", [[], ["--bell"]])
def test_the_bell_is_off_by_default(
    path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    asked: list[object] = []

    def run(service: RunService, flt: object, **options: object) -> int:
        asked.append(options["bell"])
        return 0

    monkeypatch.setattr(opening, "run_dashboard", run)
    monkeypatch.setattr(dashboard_opening, "require_terminal", lambda: None)
    result = CliRunner().invoke(cli.main, ["--db", str(path), *words])
    assert (result.exit_code, asked) == (0, [bool(words)])
