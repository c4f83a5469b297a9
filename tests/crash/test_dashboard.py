"""A dashboard in which something fails that nobody has foreseen: it says so, and goes on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from textual.worker import WorkerState

from tests.crash.injecting import SECRET, fail, fail_later
from tests.tui.driving import NOW, Driver, dashboard
from zos_monitor import polling
from zos_monitor.demo.history import write_history
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.reports import log
from zos_monitor.tui import enduring_screen
from zos_monitor.tui.export_screen import ExportScreen

OWN = "a fault of zos-monitor's own (LookupError"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have everything tried again at once, and mishaps told until that is tested."""
    monkeypatch.setattr(polling, "RETRY_SECONDS", 0.05)
    monkeypatch.setattr(enduring_screen, "_AGAIN_SECONDS", 0.02)
    monkeypatch.setattr(enduring_screen, "TOLD_SECONDS", 3600.0)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a few nights, for each time that something fails all is asked again."""
    path = tmp_path_factory.mktemp("nights") / "zos.db"
    with ZosWriter(path) as zos:
        write_history(zos, nights=3, until=NOW)
        at = NOW - timedelta(hours=7)
        errors = '[{"topic": "server:1:user:2", "error": "429 rate limit", "node": "reflect"}]'
        for number in range(12):
            run = zos.raw_run(
                layer_name="nightly-user-reflection",
                started_at=at - timedelta(minutes=number),
                completed_at=at,
                status="failed",
                errors=errors,
            )
            zos.call(run, "server:1:user:2", created_at=at)
    return path


@contextmanager
def failing(whose: object, *names: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in names:
            patch.setattr(whose, name, fail_later)
        yield


def says(driver: Driver, words: str) -> bool:
    return words in driver.notice


def is_noted(noted: Path, doing: str) -> bool:
    path = noted / log.NAME
    return path.exists() and f"] {doing} failed" in path.read_text()


def goes_on(driver: Driver, noted: Path, *doings: str) -> None:
    """Assert that the dashboard is up, and that all it met is noted, without data."""
    text = (noted / log.NAME).read_text()
    assert [doing for doing in doings if not is_noted(noted, doing)] == []
    assert "LookupError" in text
    assert SECRET not in text + driver.text()
    assert [path.name for path in noted.iterdir()] == [log.NAME]
    assert driver.app.return_code is None
    assert driver.app.failure is None


async def test_a_question_that_fails_is_told_and_asked_again(history: Path, noted: Path) -> None:
    questions = {
        "run_slice": "listing the runs",
        "run": "reading a run",
        "totals": "adding up the runs",
        "present": "looking for open runs",
        "nights": "looking for what became of the nights",
    }
    async with dashboard(history) as driver:
        await driver.until(lambda: driver.known)
        service, status = driver.dashboard.service, driver.dashboard.status
        rows, shown = driver.rows(), driver.shown
        for question, doing in questions.items():
            with failing(service, question):
                service.poll.look_now()
                if question == "nights":
                    driver.dashboard.outlook._nights_at = driver.clock.now
                words = f"{doing} failed by {OWN}"
                await driver.until(partial(says, driver, words))
                assert str(noted / log.NAME) in driver.notice.replace("\n", "")
                assert "fault of the monitor's own since" in driver.lines()[0]
                assert "live" not in driver.lines()[0]
                assert driver.notice.endswith("the last good data stays below; trying again")
                assert (driver.rows()[:8], driver.shown) == (rows[:8], shown)
            await driver.until(lambda: driver.notice == "")
            await driver.until(lambda: "live" in driver.lines()[0])
            assert status.failed_since is None
        with failing(service, "totals"):
            with failing(service, "run_slice"):
                service.poll.look_now()
                await driver.until(lambda: len(driver.dashboard.mishaps._lasting) == 2)
            await driver.until(lambda: "adding up the runs failed" in driver.notice)
            assert "fault of the monitor's own" in driver.lines()[0], "only one of them is over"
        await driver.until(lambda: driver.notice == "")
        assert driver.rows() == rows
        driver.dashboard.filter_bar.text = "id:none"
        await driver.until(lambda: driver.counts[0] == 0)
        with failing(service, "run_slice"):
            service.poll.look_now()
            await driver.until(lambda: "by a fault of the monitor's own" in driver.rows()[0])
            assert "last good data" not in driver.notice
        goes_on(driver, noted, *questions.values())


async def test_a_key_that_fails_is_told_for_a_while(
    history: Path, noted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with dashboard(history) as driver:
        screen = driver.dashboard
        with failing(type(screen), "action_help"):
            await driver.press("question_mark")
            await driver.until(lambda: f"a key stands for failed by {OWN}" in driver.notice)
            assert "live" in driver.lines()[0]
            assert "last good data" not in driver.notice, "what is shown is live"
        with pytest.MonkeyPatch.context() as patch:  # as after an upgrade in its place
            for name in ("help", "jump", "tonight", "widgets.calls_tab"):
                patch.setitem(sys.modules, f"zos_monitor.tui.{name}", None)
            for key in ("question_mark", "colon", "T", "3"):
                screen.mishaps.forget()
                assert driver.notice == ""
                await driver.press(key)
                await driver.until(lambda: "ModuleNotFoundError" in driver.notice)
                words = " ".join(driver.notice.split())
                assert "install it again" in words or "open it again" in words
                assert driver.app.screen is screen
        await driver.press("3")
        await driver.until(lambda: screen.detail.view.id == "tab-calls")
        monkeypatch.setattr(enduring_screen, "TOLD_SECONDS", 0.01)
        with failing(type(screen), "action_help"):
            await driver.press("question_mark")
        await driver.until(lambda: driver.notice == "")
        await driver.press("question_mark")
        await driver.until(lambda: driver.app.screen is not screen)
        goes_on(driver, noted, "what a key stands for")


async def test_timers_workers_and_the_poll_may_fail(history: Path, noted: Path) -> None:
    async with dashboard(history) as driver:
        screen = driver.dashboard
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(type(screen), "turn_clock", fail)
            screen.set_timer(0.001, screen._on_tick)
            # What is asked again after it meets the same, and may come before it as well.
            for doing in ("work that was put off", "taking up what has changed"):
                await driver.until(partial(is_noted, noted, doing))
        screen.mishaps.forget()
        screen.begin("odd", fail_later)
        await driver.until(lambda: f"work in the background failed by {OWN}" in driver.notice)
        screen.mishaps.forget()
        worker = screen.run_worker(fail_later(), exit_on_error=True)
        await driver.until(lambda: worker.state is WorkerState.ERROR and driver.notice != "")
        screen.mishaps.forget()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(screen.feed, "_questions", fail)
            await driver.press("j")
            path = noted / log.NAME
            await driver.until(lambda: path.read_text().count("work that was put off") == 2)
        screen.mishaps.forget()
        selected = driver.selected
        await driver.press("j")
        await driver.until(lambda: driver.selected != selected and driver.shown is not None)
        await driver.settled()
        with failing(screen.service, "totals"):  # the poll is followed again
            screen.service.poll.look_now()
            await driver.until(partial(is_noted, noted, "adding up the runs"))
        goes_on(
            driver,
            noted,
            "work that was put off",
            "taking up what has changed",
            "work in the background",
        )


async def test_what_lies_over_the_dashboard_says_what_failed(
    history: Path, noted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with dashboard(history, filter_text="status:failed layer:nightly-*") as driver:
        screen = driver.dashboard
        with failing(screen.service, "call_text"):
            await driver.press("3")
            await driver.until(lambda: screen.detail.matter.workings is not None)
            screen.detail.view.focus()
            await driver.press("enter")
            await driver.until(lambda: f"reading a text failed by {OWN}" in driver.text())
        await driver.press("escape")
        with pytest.MonkeyPatch.context() as patch:
            for question in ("failures", "breakdown", "details"):
                patch.setattr(screen.service, question, fail)
            for key in ("e", "L"):
                await driver.press(key)
                await driver.until(lambda: "going through the runs failed" in driver.text())
                await driver.press("escape")
            await driver.press("x", "enter")
            prompt = driver.app.screen
            assert isinstance(prompt, ExportScreen)
            await driver.until(lambda: f"the export failed by {OWN}" in str(prompt.hint.content))
            assert str(prompt.hint.content).endswith("nothing is left of it")
            assert list(tmp_path.glob("*zos-runs*")) == []
        await driver.press("enter")  # once more
        await driver.until(lambda: driver.app.screen is screen)
        assert len(list(tmp_path.glob("zos-runs*"))) == 1
        goes_on(driver, noted, "reading a text", "going through the runs", "the export")
