"""The screen of the nights, driven by keys: what it shows, and that news leave the view alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from textual.geometry import Region
from textual.pilot import Pilot

from tests.tui.nights import (
    NIGHTLY,
    NOW,
    TODAY,
    Stage,
    at,
    layer,
    night,
    part,
    run,
    sample,
    slot,
    stage,
)
from zos_monitor.model.nights import Nights, Outcome, ScheduleSource
from zos_monitor.model.states import RunState
from zos_monitor.tui.glyphs import ASCII, UNICODE, Glyphs
from zos_monitor.tui.line_view import LineView

WIDE, NARROW, LEAST = (120, 40), (80, 24), (60, 15)
Compare = Callable[..., bool]


async def test_a_night_is_told_in_the_order_of_time() -> None:
    async with stage() as (app, _):
        lines = app.lines()
        assert "Tonight, 3 December" in lines[0]
        told = [line[1:-1].split() for line in lines[2:11]]
        assert [words[0] for words in told] == [*["03:00"] * 6, "04:00", "07:00", "01:12"]
        for name, words in {
            NIGHTLY[0]: "✓ success",
            NIGHTLY[1]: "7/9  3m 20s       12 started 12m late",
            NIGHTLY[2]: "4 dry nights in a row; no ca…",
            NIGHTLY[
                3
            ]: "○ missed, or nothing eligible                          a restart would not",
            NIGHTLY[4]: "! stalled                        ~2/9       —",
            "pulse": "12✓ 1 to come                                          enter shows all 13",
            NIGHTLY[5]: "▶ running                        ~4/9    49m+          started before",
            NIGHTLY[6]: "– to come, in 2h 10m                                   inferred",
        }.items():
            assert words in app.line(name)
        assert "✗ failed, off schedule            0/9" in lines[10]


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])
@pytest.mark.parametrize("size", [WIDE, NARROW, LEAST], ids=str)
async def test_every_size_shows_the_rows_and_what_is_wrong(
    size: tuple[int, int], glyphs: Glyphs
) -> None:
    async with stage(size=size, glyphs=glyphs) as (app, pilot):
        lines = app.lines()
        assert all(len(line) == size[0] for line in lines)
        assert app.tonight.table.rows_seen >= 8
        assert "layers/weekly.yaml" in lines[-1]
        assert app.tonight.grid.display == (size != LEAST)
        await pilot.press("left_square_bracket", "G")
        assert "Last night, 2 December" in app.lines()[0]
        # Where there is no room for a note, a sign says so, and its words are at the bottom.
        await pilot.press("right_square_bracket", "g", "j", "j")
        assert "4 dry nights in a row" in app.lines()[-2 if size == WIDE else -3]
        flag = f"dry {glyphs.fault}"
        assert (flag in app.line("nightly-dyad")) == (size == LEAST)
        if glyphs is ASCII:
            assert app.text().isascii()


async def test_keys_go_from_night_to_night_and_no_further() -> None:
    async with stage() as (app, pilot):
        await pilot.press("j", "j", "left_square_bracket")
        assert "Last night, 2 December" in app.lines()[0]
        assert app.tonight.table.selected is not None
        assert app.tonight.table.selected.layer_name == NIGHTLY[2]
        assert " 1[ 2] 3 " in app.line("SCHEDULE")
        await pilot.press("left_square_bracket")
        assert "Night of 1 December" in app.lines()[0]
        # What comes next, and what has been dry until now, is said of the present night alone.
        app.tonight.action_night(4)
        await pilot.pause()
        assert "Night of 27 November" in app.lines()[0]
        assert "○ missed, or nothing eligible" in app.text()
        assert "a restart would not" not in app.text()
        assert "nights in a row" not in app.text()
        app.tonight.action_night(20)
        await pilot.press("left_square_bracket")
        assert "Night of 20 November" in app.lines()[0]
        app.tonight.action_night(-20)
        await pilot.press("right_square_bracket")
        assert "Tonight" in app.lines()[0]


async def test_enter_opens_a_run_and_unfolds_what_is_folded() -> None:
    async with stage() as (app, pilot):
        table = app.tonight.table
        await pilot.press("j", "j", "j", "enter")  # missed: there is no run
        assert app.left == []
        await pilot.press("j", "j", "enter")
        assert table.row_count == 9 + 13
        assert table.selected is not None
        assert table.selected.layer_name == "pulse"
        await pilot.press("enter")
        assert table.row_count == 9
        await pilot.press("enter", "j", "j", "enter")
        assert app.left == ["pulse-5"]


@pytest.mark.parametrize("key", ["escape", "T", "q"])
async def test_keys_that_close(key: str) -> None:
    async with stage() as (app, pilot):
        await pilot.press(key)
        await pilot.pause()
        assert app.left == [None]


def _rows(app: Stage) -> list[str]:
    """Return the rows in view, without the scroll bar."""
    return [line[:-2] for line in app.lines()[2 : 2 + app.tonight.table.rows_seen]]


async def test_news_leave_the_night_the_cursor_and_the_view_where_they_are() -> None:
    async with stage(size=LEAST) as (app, pilot):
        table = app.tonight.table
        await pilot.press("j", "j", "j", "j", "j", "enter")
        table.action_move(10)
        assert table.first_row > 0
        before = _rows(app)
        chosen = table.selected
        newer = sample()
        tonight = newer.nights[0]
        early = part("early-bird", slot("early-bird", at(TODAY, 1), Outcome.SUCCESS))
        grown = replace(tonight, layers=(early, *tonight.layers))
        app.tonight.show(replace(newer, nights=(grown, *newer.nights[1:])))
        await pilot.pause()
        assert table.row_count == 9 + 13 + 1
        assert table.selected == chosen
        assert _rows(app) == before
        # One without a run, of a layer that has many rows, is known again too.
        table.move_to([row.at for row in table.rows].index(at(TODAY, 5)))
        chosen = table.selected
        app.tonight.show(newer)
        assert table.selected == chosen
        # A new night begins: the old one stays in view.
        app.tonight.show(replace(newer, nights=(night(TODAY + timedelta(1)), *newer.nights)))
        await pilot.pause()
        assert "Last night, 3 December" in app.lines()[0]
        assert table.selected == chosen


async def test_a_slot_that_gets_its_run_keeps_the_cursor() -> None:
    async with stage() as (app, pilot):
        await pilot.press(*"jjjjjjj")
        assert "to come" in app.line(NIGHTLY[6])
        newer = sample()
        started = part(NIGHTLY[6], slot(NIGHTLY[6], at(TODAY, 7), Outcome.RUNNING, id="new"))
        layers = (*newer.nights[0].layers[:6], started, *newer.nights[0].layers[7:])
        tonight = replace(newer.nights[0], layers=layers)
        app.tonight.show(replace(newer, nights=(tonight, *newer.nights[1:])))
        await pilot.press("enter")
        await pilot.pause()
        assert app.left == ["new"]


async def test_only_what_reads_otherwise_is_painted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[tuple[str | None, tuple[Region, ...]]] = []
    refresh = LineView.refresh

    def noted(self: LineView, *regions: Region, **options: bool) -> LineView:
        painted.append((self.id, regions))
        return refresh(self, *regions, **options)

    async with stage() as (app, pilot):
        setting = app.setting
        app.tonight.set_setting(setting)
        await pilot.pause()
        monkeypatch.setattr(LineView, "refresh", noted)
        app.tonight.show(replace(sample(), turns_at=NOW))
        app.tonight.set_setting(setting)
        await pilot.pause()
        assert painted == []
        app.tonight.set_setting(setting._replace(now=NOW + timedelta(minutes=1)))
        await pilot.pause()
        assert "in 2h 09m" in app.line(NIGHTLY[6])
        # The run that goes on, the start to come, and when the selected layer starts next.
        assert [(name, len(regions)) for name, regions in painted] == [
            ("night", 2),
            ("night-foot", 1),
        ]


async def test_nothing_known_says_what_to_do() -> None:
    empty = Nights(zone_name="UTC", layers=(), nights=())
    async with stage(empty, size=LEAST) as (app, pilot):
        assert "No layer is known to start by a schedule" in app.text()
        assert "--zos-dir" in app.text()
        await pilot.press("j", "left_square_bracket", "enter", "G")
        app.tonight.show(sample())
        await pilot.pause()
        assert "Tonight, 3 December" in app.lines()[0]
    weekly = replace(sample(), nights=(night(TODAY, part("weekly-meta-reflection")),))
    async with stage(weekly) as (app, _):
        assert "No layer was to start in this night" in app.text()


async def test_before_there_is_data_it_waits() -> None:
    app = Stage()
    app.tonight.show(sample())  # before it is on the screen
    async with app.run_test(size=WIDE) as pilot:
        await pilot.pause()
        assert "Tonight, 3 December" in app.lines()[0]
    app = Stage()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("left_square_bracket", "enter")
        assert "Waiting for the database" in app.text()


async def test_text_of_others_cannot_steer_the_terminal() -> None:
    evil = "\x1b[2J[red]\nevil猫" + "x" * 60
    off = (run(evil, at(TODAY, 1), RunState.DRY, dry_reason=evil, too_early_for=(evil,)),)
    nights = Nights(
        zone_name=evil,
        layers=(layer(evil, None, cron=evil, source=ScheduleSource.INFERRED),),
        nights=(night(TODAY, part(evil, slot(evil, at(TODAY, 3), Outcome.UNKNOWN), others=off)),),
        faults=(evil, *(f"{n}.yaml is no YAML" for n in range(5))),
    )
    async with stage(nights, size=NARROW) as (app, pilot):
        await pilot.press("j", "j")
        assert "\x1b" not in app.text()
        assert "␛[2J[red] ⏎" in app.text()
        assert "? unknown" in app.text()
        assert "4 more layer files can't be used" in app.lines()[-1]


async def test_times_are_those_of_the_reader() -> None:
    async with stage(zone=ZoneInfo("America/Los_Angeles")) as (app, _):
        assert "Tonight, 3 December; zos schedules in UTC" in app.lines()[0]
        assert "2 Dec 19:00 nightly-user-reflection" in app.text()
    async with stage(zone=ZoneInfo("Atlantic/Reykjavik")) as (app, _):
        assert "zos schedules" not in app.lines()[0]


async def test_a_click_on_a_sign_goes_to_its_night() -> None:
    async with stage() as (app, pilot):
        grid = app.tonight.grid
        head = app.line("SCHEDULE")
        y = app.lines().index(head) + 1 + 4
        await pilot.click(offset=(head.index("29") + 1, y))
        await pilot.pause()
        assert "Night of 29 November" in app.lines()[0]
        assert app.tonight.table.selected is not None
        assert app.tonight.table.selected.layer_name == NIGHTLY[4]
        assert grid.cursor_row == 4


async def test_a_narrow_grid_drops_the_oldest_nights_but_not_the_one_in_view() -> None:
    async with stage(size=(60, 24)) as (app, pilot):
        assert "Last 10 nights" in app.text()
        assert "Nov 24 25" in app.line("[ 3]")
        app.tonight.action_night(13)
        await pilot.pause()
        assert "Nov[20]21" in app.text()


async def test_another_size_keeps_the_cursor_in_view() -> None:
    async with stage() as (app, pilot):
        await pilot.press("G")
        await pilot.resize_terminal(*LEAST)
        await pilot.pause()
        assert not app.tonight.grid.display
        assert "✗ failed, off schedule" in app.text()
        await pilot.resize_terminal(*NARROW)
        await pilot.pause()
        assert app.tonight.grid.display


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_picture(snap_compare: Compare, size: tuple[int, int]) -> None:
    async def run_before(pilot: Pilot[None]) -> None:
        assert isinstance(pilot.app, Stage)
        pilot.app.tonight.show(sample())
        await pilot.press("j", "j", "j")
        await pilot.pause()

    assert snap_compare(Stage(), terminal_size=size, run_before=run_before)
