"""The screen of failure groups: answers that grow, its keys, and what a refresh leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path

import pytest
from textual.geometry import Region
from textual.pilot import Pilot

from tests.tui.made_failures import GROUPS, NOW, SAMPLE, Stage, failures, group, stage
from tests.waiting import eventually
from zos_monitor.store.faults import missing
from zos_monitor.tui import growing_screen
from zos_monitor.tui.glyphs import ASCII
from zos_monitor.tui.line_view import LineView
from zos_monitor.tui.pacing import Pace

WIDE, NARROW, LEAST = (120, 40), (80, 24), (60, 15)
Compare = Callable[..., bool]


@pytest.mark.parametrize("size", [WIDE, LEAST], ids=["wide", "least"])
async def test_it_answers_what_is_new_and_since_when(size: tuple[int, int]) -> None:
    async with stage(size=size, glyphs=ASCII) as (app, pilot):
        lines = app.lines()
        assert app.text().isascii()
        assert all(len(line) == size[0] for line in lines)
        assert "7 causes, 201 errors" in lines[0]
        assert "22 Nov" in lines[1]
        assert [line[1:].split()[0] for line in lines[2:6]] == ["429", "401", "timeout", "invalid"]
        new = app.line("401 auth")
        assert "41 * new 4h ago" in new
        bar = "-" * (30 if size == WIDE else 10) + "8"
        assert f" {bar} " in new
        assert "quiet 11-13 03:00" in app.line("database locked")
        assert ("3" in app.line("429 rate").split()) == (size == WIDE)  # how many layers
        assert "last seen first" in app.text()
        await pilot.press("end")
        assert ", quiet; " in app.text()
        await pilot.press("home", "j", "o")
        assert "most errors first" in app.text()
        assert app.failures.table.selected == GROUPS[2]
        foot = " ".join(" ".join(line.split()) for line in app.lines()[-6:])
        assert "401 authentication * new; 41 errors in 13 runs, in 1 of 31 nights: 22 Nov" in foot
        assert "seen only 2026-11-22 03:00:00 UTC, 4h ago" in foot
        await pilot.press("O", "enter")
        await pilot.pause()
        assert app.left == ["401 authentication"]


async def test_an_answer_grows_until_it_is_whole() -> None:
    half = failures(GROUPS[2], GROUPS[0], share=0.37, runs=160)
    async with stage(half, None, SAMPLE) as (app, pilot):
        assert "of 160 runs" in app.lines()[0]
        assert "37% gone through, last seen first" in app.text()
        # There may be older errors of it: it can't be told yet that it is new.
        assert "new" not in app.line("401 auth")
        await pilot.press("j")
        app.go_on.set()
        await eventually(lambda: "of 420 runs" in app.lines()[0])
        assert app.failures.table.selected == GROUPS[2]
        assert "gone through" not in app.text()
        assert "◆ new" in app.line("401 auth")


async def test_leaving_ends_what_is_still_gone_through() -> None:
    async with stage(replace(SAMPLE, share=0.1), None) as (app, pilot):
        assert (app.asked, app.closed) == (1, 0)
        await pilot.press("escape")
        await eventually(lambda: app.left == [None] and app.closed == 1)
        app.failures.ask_again()
        app.failures.set_setting(app.setting._replace(zone=timezone(timedelta(hours=2))))
        await pilot.pause()
        assert app.asked == 1


def rows(app: Stage) -> list[str]:
    """Return the rows in view, without the scroll bar."""
    return [line[:-2] for line in app.lines()[2:9]]


async def test_another_answer_leaves_the_cursor_and_the_view(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(growing_screen, "_SLOW", 0.0)
    many = [group(f"HTTP {400 + n}", *[1] * (n + 1)) for n in range(40)]
    async with stage(failures(*many), size=LEAST) as (app, pilot):
        table, screen = app.failures.table, app.failures
        await pilot.press("G", "k", "k")
        chosen, seen = table.selected, rows(app)
        assert chosen is not None
        assert table.first_row > 0
        # What is asked again is shown when it is whole: until then there are the old groups.
        newer = failures(group("brand new", *[1] * 41), *many)
        app.answers += [failures(many[0], share=0.5), None, newer]
        screen.ask_again()
        await eventually(lambda: "50% gone through, last seen first" in app.text())
        assert rows(app) == seen
        screen.ask_again()
        app.go_on.set()
        await eventually(lambda: table.row_count == 41)
        assert table.selected == chosen
        assert rows(app) == seen
        # What came up while it was asked is taken up as well, a while later.
        await eventually(lambda: app.asked == 3)


async def test_another_window_is_asked_for_at_once() -> None:
    async with stage(failures(*GROUPS, share=0.2), None, size=NARROW) as (app, pilot):
        await pilot.press("t")
        assert app.windows == 1
        app.span = "last 7 days"
        app.answers = [failures(GROUPS[1], share=0.5), None, failures()]
        assert app.failures.state_words("") == "20% gone through"
        app.failures.ask_again()
        assert app.failures.state_words("") == ""  # the other window has only begun
        await eventually(lambda: "last 7 days: 1 cause, 13 errors" in app.lines()[0])
        assert (app.asked, app.closed) == (2, 1)
        app.go_on.set()
        await eventually(lambda: "No errors in the last 7 days: 420 runs" in app.text())
        await pilot.press("j", "enter", "G", "o")
        assert app.left == []


async def test_changes_are_taken_up_when_that_is_not_too_often(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with stage() as (app, pilot):
        assert app.failures._pace.wait(0.0) > 0
        monkeypatch.setattr(Pace, "wait", lambda self, now: 1000.0)
        for _ in range(3):
            app.failures.ask_again()
            await pilot.pause()
        assert app.asked == 1
        monkeypatch.setattr(Pace, "wait", lambda self, now: 0.01)
        app.failures.ask_again()
        await eventually(lambda: app.closed == 2)
        await pilot.pause()
        assert app.asked == 2
        # In another zone the nights are others.
        zone = timezone(timedelta(hours=2))
        app.failures.set_setting(app.setting._replace(zone=zone))
        assert "last 2026-11-22 05:00:00 UTC+02:00, 4h ago" in app.text()
        await eventually(lambda: app.closed == 3)


async def test_a_fault_is_told_and_the_groups_stay(path: Path) -> None:
    fault = missing(path)
    async with stage(fault) as (app, _):
        # In full, and in the border.
        await eventually(lambda: app.text().count("no database at") == 2)
        assert "▲ no database at" in app.text()
        app.answers = [SAMPLE]
        app.failures.ask_again()
        await eventually(lambda: "7 causes" in app.lines()[0])
        assert "no database" not in app.text()
        app.answers = [replace(SAMPLE, share=0.5), fault]
        app.failures.ask_again()
        await eventually(lambda: "no database at" in app.text())
        assert "7 causes, 201 errors" in app.lines()[0]
        # Another span gets no further than its first runs: they do until there are more.
        app.span, app.answers = "last 7 days", [failures(GROUPS[0], share=0.2), fault]
        app.failures.ask_again()
        await eventually(lambda: "7 days: 1 cause" in app.lines()[0] and "▲" in app.text())
        app.answers = [failures(*GROUPS[:2], share=0.5), None]
        app.failures.ask_again()
        await eventually(lambda: "2 causes" in app.lines()[0])


async def test_only_what_reads_otherwise_is_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[tuple[str | None, tuple[Region, ...]]] = []
    refresh = LineView.refresh

    def noted(self: LineView, *regions: Region, **options: bool) -> LineView:
        painted.append((self.id, regions))
        return refresh(self, *regions, **options)

    async with stage() as (app, pilot):
        monkeypatch.setattr(LineView, "refresh", noted)
        app.failures.set_setting(app.setting._replace(now=NOW + timedelta(minutes=1)))
        app.answers = [replace(SAMPLE)]
        app.failures.ask_again()
        await eventually(lambda: app.closed == 2)
        await pilot.pause()
        assert painted == []
        app.failures.set_setting(app.setting._replace(now=NOW + timedelta(hours=1)))
        await pilot.pause()
        assert [(name, len(regions)) for name, regions in painted] == [
            ("failures", 4),
            ("failure-foot", 1),
        ]


async def test_the_mouse_does_what_keys_do_and_names_steer_nothing() -> None:
    evil = "\x1b[2J[red]\nevil猫\u202e"
    odd = replace(group(evil, 3), layers=((evil, 2), ("x" * 99, 1)), nodes=((evil, 3),))
    async with stage(failures(*GROUPS, odd), size=NARROW) as (app, pilot):
        y = app.lines().index(app.line("[red]"))
        await pilot.click(offset=(9, y))
        assert app.failures.table.selected == odd
        assert "\x1b" not in app.text()
        assert "\u202e" not in app.text()
        assert "␛[2J[red] ⏎ evil猫" in app.lines()[-6]
        keys = app.lines()[-1]
        app.failures.keys.say(evil)
        await pilot.pause()
        assert app.lines()[-1].strip() == "␛[2J[red] ⏎ evil猫⟨202E⟩"
        await pilot.click(offset=(9, 23))  # the keys again
        await pilot.click(offset=(keys.index("sort"), 23))
        assert "most errors first" in app.text()
        y = app.lines().index(app.line("timeout"))
        await pilot.click(offset=(9, y), times=2)
        await pilot.pause()
        assert app.left == ["timeout"]


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_picture(snap_compare: Compare, size: tuple[int, int]) -> None:
    async def run_before(pilot: Pilot[None]) -> None:
        await pilot.press("j")
        await pilot.pause()

    assert snap_compare(Stage(SAMPLE), terminal_size=size, run_before=run_before)
