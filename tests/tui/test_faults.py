"""What the dashboard says while the database can't be read, and how it comes back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.tui.driving import NARROW, NOW, WIDE, dashboard, driving
from zos_monitor import polling
from zos_monitor.demo.history import write_history
from zos_monitor.demo.writer import ZosWriter


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_a_missing_database_is_waited_for(path: Path, size: tuple[int, int]) -> None:
    async with driving(path, size=size) as driver:
        await driver.until(lambda: "waiting for the database" in driver.lines()[0])
        assert "no database at" in driver.notice
        await driver.press("j", "enter", "escape", "s", "escape", "tab", "tab", "tab", "r")
        assert "no database at" in driver.notice
        with ZosWriter(path) as writer:
            write_history(writer, nights=5, until=NOW)
        await driver.settled()
        await driver.until(lambda: "live" in driver.lines()[0])
        assert driver.notice == ""
        assert driver.selected is not None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"this is no database, but it is long enough to be looked at" * 20, "not a database"),
        (b"", "not a zos database"),
    ],
)
async def test_another_file_is_a_lasting_notice(path: Path, content: bytes, words: str) -> None:
    path.write_bytes(content)
    async with driving(path) as driver:
        await driver.until(lambda: words in driver.lines()[0])
        assert "--db" in driver.notice
        await driver.press("r", "j", "question_mark", "escape")
        assert words in driver.lines()[0]


async def test_another_applications_database_is_told(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("CREATE TABLE recipes (id INTEGER PRIMARY KEY)")
    async with driving(path) as driver:
        await driver.until(lambda: "not a zos database" in driver.lines()[0])
        assert "it has no table layer_runs" in driver.notice


async def test_the_last_good_data_stays_through_a_fault(history: Path) -> None:
    async with dashboard(history) as driver:
        rows, counts, selected = driver.rows(), driver.counts, driver.selected
        away = history.with_suffix(".away")
        history.rename(away)
        await driver.until(lambda: "waiting for the database" in driver.lines()[0])
        assert "the last good data stays below" in driver.notice
        assert driver.counts == counts
        assert driver.selected == selected
        assert driver.rows()[:10] == rows[:10]
        away.rename(history)
        await driver.until(lambda: "live" in driver.lines()[0])
        await driver.settled()
        assert driver.notice == ""
        assert driver.rows() == rows
        assert driver.selected == selected


async def test_tabs_that_meet_a_fault_say_it_and_are_filled_in_later(history: Path) -> None:
    async with dashboard(history, filter_text="status:failed") as driver:
        driver.dashboard.service.poll.pause()
        away = history.with_suffix(".away")
        for key in ("2", "5", "6"):
            history.rename(away)
            await driver.press(key)
            await driver.until(lambda: "no database at" in " ".join(driver.told()))
            assert "Reading" not in driver.told()
            away.rename(history)
            await driver.until(lambda: driver.notice == "")
            await driver.until(lambda: "no database at" not in " ".join(driver.told()))
            await driver.settled()


async def test_a_question_that_fails_is_told_and_asked_again(history: Path) -> None:
    async with dashboard(history) as driver:
        away = history.with_suffix(".away")
        driver.dashboard.service.poll.pause()  # so that only the question can notice
        history.rename(away)
        await driver.press("j")
        await driver.until(lambda: "no database at" in driver.notice)
        away.rename(history)
        await driver.until(lambda: driver.notice == "")  # also while it is paused
        await driver.settled()
        assert driver.dashboard.service.poll.paused


async def test_a_filter_that_meets_a_fault_while_paused_is_owed_its_answer(history: Path) -> None:
    async with dashboard(history) as driver:
        away = history.with_suffix(".away")
        await driver.press("space")
        history.rename(away)
        await driver.press("slash", *"status:failed", "enter")
        await driver.until(lambda: "no database at" in driver.notice)
        assert driver.counts[0] == driver.counts[1]
        away.rename(history)
        await driver.until(lambda: driver.counts[0] != driver.counts[1])
        await driver.until(lambda: all("✗ failed" in row for row in driver.rows() if row.strip()))
        assert driver.dashboard.service.poll.paused


async def test_pause_stops_the_news_and_says_so(writer: ZosWriter, path: Path) -> None:
    writer.raw_run(id="first", started_at=NOW - timedelta(minutes=5))
    async with dashboard(path) as driver:
        await driver.press("space")
        await driver.until(lambda: "paused" in driver.lines()[0])
        writer.raw_run(id="second", started_at=NOW - timedelta(minutes=4))
        await driver.press("r")  # asked for, it looks all the same
        await driver.until(lambda: driver.counts == (2, 2))
        assert "paused" in driver.lines()[0]
        writer.raw_run(id="third", started_at=NOW - timedelta(minutes=3))
        for _ in range(5):
            await driver.pilot.pause()
        assert driver.counts == (2, 2)
        await driver.press("space")
        await driver.until(lambda: driver.counts == (3, 3))
        assert "live" in driver.lines()[0]


async def test_a_log_that_stays_unread_is_told(history: Path) -> None:
    with closing(sqlite3.connect(history)) as zos:
        zos.execute("PRAGMA wal_autocheckpoint=0")
        zos.execute("UPDATE layer_runs SET layer_hash = 'changed'")
        zos.commit()
        log = history.with_name("zos.db-wal").read_bytes()
    history.with_name("zos.db-wal").write_bytes(log)  # a copy of file and log, without -shm
    before = sorted(entry.name for entry in history.parent.iterdir())
    async with dashboard(history) as driver:
        assert "write-ahead log is left out" in driver.notice
        assert driver.counts[1] > 0
    assert sorted(entry.name for entry in history.parent.iterdir()) == before


async def test_what_lies_over_the_header_says_itself_that_it_is_not_live(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "RETRY_SECONDS", 0.05)
    told, away = "▲ as of 12:00:00, waiting for the database since", history.with_suffix(".away")
    async with dashboard(history, size=(60, 15), filter_text="status:failed") as driver:

        def tells() -> bool:
            return driver.lines()[0].startswith(f" {told}")

        async def is_over() -> None:
            await driver.until(lambda: driver.app.screen is not driver.dashboard)

        await driver.until(lambda: driver.known)
        for key in ("T", "enter"):
            await driver.press(key)
            if key == "enter":
                await driver.until(lambda: "×" in "".join(driver.told()))
                await driver.press("enter")
            await is_over()
            assert not tells()
            first = driver.lines()[0]
            history.rename(away)
            await driver.until(tells)
            assert driver.lines()[1] == first  # it only moves down
            assert driver.lines()[-1].strip()
            if key == "T":  # it is said, too, on what is opened meanwhile
                await driver.press("escape", "e")
                await driver.until(tells)
            away.rename(history)
            await driver.until(lambda: not tells())
            assert "waiting for" not in driver.text()
            await driver.press("escape")
        await driver.press("space", "T")
        await driver.until(lambda: "paused, space resumes" in driver.lines()[0])
