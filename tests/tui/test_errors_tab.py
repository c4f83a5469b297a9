"""The errors tab: groups that open, errors that are read, a cursor that keeps to them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.tui.driving import NOW
from tests.tui.made_runs import made_run
from tests.tui.tab_stage import SETTING, Tabbed, on_stage
from zos_monitor.model.errors import RunError
from zos_monitor.model.runs import RunDetail
from zos_monitor.model.states import RunState
from zos_monitor.tui.glyphs import ASCII
from zos_monitor.tui.item_table import Row
from zos_monitor.tui.tab_view import Copied, Matter
from zos_monitor.tui.widgets.errors_tab import ErrorsTab

LIMIT = "Error code: 429 - {'type': 'error', 'error': {'type': 'rate_limit_error'}} by "
LOCKED = "(sqlite3.OperationalError) database is locked"


def error(name: str, message: str, node: str | None = "reflect") -> RunError:
    return RunError(topic=f"server:1:user:{name}", topic_name=name, node=node, message=message)


ADA, BRAM, CLEO = (error(name, LIMIT + name) for name in ("Ada", "Bram", "Cleo"))
STORING = error("Dora", LOCKED, "store")


def failed(*errors: RunError, id: str = "run") -> RunDetail:
    return made_run(RunState.FAILED, id=id, errors=errors, error_count=len(errors))


def shown(*errors: RunError) -> ErrorsTab:
    tab = ErrorsTab(SETTING)
    tab.show(Matter(failed(*errors)))
    return tab


def errors_tab(stage: Tabbed) -> ErrorsTab:
    assert isinstance(stage.tab, ErrorsTab)
    return stage.tab


async def test_a_group_opens_for_its_errors_and_an_error_is_read() -> None:
    async with on_stage(shown(ADA, STORING, BRAM)) as stage:
        assert stage.lines()[0].startswith("3 errors of 2 causes  0 of 1 targets")
        assert stage.lines()[1:5] == [
            "▸ 429 rate limit      ×2  reflect",
            "  Ada · Bram",
            "▸ database is locked  ×1  store",
            "  Dora",
        ]
        assert stage.lit() == ["▸ 429 rate limit      ×2  reflect", "Ada · Bram"]
        await stage.press("enter")
        opened = stage.lines()[1:7]
        assert opened[:2] == ["▾ 429 rate limit      ×2  reflect", "    Ada   server:1:user:Ada"]
        assert opened[2].endswith("by Ada")
        assert opened[3:] == [
            "    Bram  server:1:user:Bram",
            f"{opened[2][:-3]}Bram",
            "▸ database is locked  ×1  store",
        ]
        await stage.press("j", "j", "enter")
        assert stage.wanted == [BRAM]
        assert errors_tab(stage).copied() == Copied(
            "the error", f"topic: server:1:user:Bram\nnode: reflect\n\n{LIMIT}Bram"
        )
        await stage.press("left")
        assert stage.lines()[1:3] == ["▸ 429 rate limit      ×2  reflect", "  Ada · Bram"]
        assert stage.lit()[0].startswith("▸ 429")
        copied = errors_tab(stage).copied()
        assert copied is not None
        assert copied.name == "2 errors of 429 rate limit"
        assert f"{LIMIT}Ada\n\ntopic: server:1:user:Bram" in copied.text
        await stage.press("j", "enter")
        assert stage.wanted == [BRAM, STORING]  # a group of one is that one
        await stage.press("k", "enter", "enter")
        assert stage.lines()[1].startswith("▸ 429")
        assert len(stage.wanted) == 2


async def test_out_of_view_nothing_is_wrapped_to_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    widths: list[int] = []
    make = ErrorsTab.make_rows

    def noted(tab: ErrorsTab, width: int) -> list[Row]:
        widths.append(width)
        return make(tab, width)

    monkeypatch.setattr(ErrorsTab, "make_rows", noted)
    async with on_stage(shown(ADA, STORING)) as stage:
        tab = errors_tab(stage)
        assert min(widths) == 50
        widths.clear()
        tab.display = False
        await stage.pilot.pause()
        tab.set_setting(SETTING._replace(now=NOW + timedelta(minutes=1)))
        assert widths == []
        tab.show(Matter(failed(ADA, STORING, BRAM, id="other")))
        tab.display = True
        await stage.pilot.pause()
        assert widths == [50]
        assert stage.lines()[1] == "▸ 429 rate limit      ×2  reflect"


async def test_what_is_open_and_selected_stays_over_a_refresh() -> None:
    async with on_stage(shown(STORING, STORING, STORING, ADA, BRAM), (51, 6)) as stage:
        tab = errors_tab(stage)
        await stage.press("j", "right", "j", "j")
        selected, place = stage.lit(), stage.lines().index("    Bram  server:1:user:Bram")
        assert len(selected) == 2  # both lines of it are in view
        assert selected[0] == "Bram  server:1:user:Bram"
        assert tab.first_row > 0
        more = (STORING, STORING, STORING, error("new", "new"), CLEO, ADA, BRAM)
        tab.show(Matter(failed(*more)))
        await stage.pilot.pause()
        assert stage.lit() == selected
        assert stage.lines()[0].startswith("7 errors of 3 causes")
        assert stage.lines()[place] == "    Bram  server:1:user:Bram"
        tab.show(Matter(failed(STORING, ADA)))  # it is gone, and the errors of its group are one
        await stage.pilot.pause()
        assert stage.lit()[0].endswith("429 rate limit      ×1  reflect")
        tab.show(Matter(failed(STORING, ADA, BRAM, id="another")))
        await stage.pilot.pause()
        assert stage.lines()[1] == "▸ 429 rate limit      ×2  reflect"
        assert stage.lit() == [stage.lines()[1], "Ada · Bram"]


async def test_errors_are_stepped_through_in_groups_that_open_for_them() -> None:
    async with on_stage(shown(ADA, BRAM, STORING)) as stage:
        tab = errors_tab(stage)
        assert tab.step(-1) is None
        assert [tab.step(1) for _ in range(3)] == [BRAM, STORING, None]
        assert stage.lit()[0] == "▸ database is locked  ×1  store"
        assert [tab.step(-1) for _ in range(3)] == [BRAM, ADA, None]
        assert stage.lit()[0] == "Ada   server:1:user:Ada"


async def test_messages_that_are_alike_stand_once_and_a_long_group_scrolls() -> None:
    same = [error(f"user {n}", f"{LOCKED}\n[SQL: INSERT]") for n in range(40)]
    async with on_stage(shown(*same), (60, 12)) as stage:
        await stage.press("enter")
        assert stage.text().count("database is locked") == 2
        assert stage.lines()[3:5] == ["  [SQL: INSERT]", "    user 0   server:1:user:user 0"]
        await stage.press("G")
        assert stage.lit() == ["user 39  server:1:user:user 39"]
        assert stage.lines()[-1].strip() == stage.lit()[0]
        await stage.press("pageup", "g")
        assert stage.lit()[0] == "▾ database is locked  ×40  reflect"
        await stage.pilot.resize_terminal(30, 12)
        await stage.pilot.pause()
        assert stage.lines()[3:6] == ["  (sqlite3.OperationalError)", "  database is locked",
                                      "  [SQL: INSERT]"]  # fmt: skip


async def test_a_run_without_errors_tells_its_facts() -> None:
    tab = ErrorsTab(SETTING)
    tab.show(Matter(made_run(RunState.DRY, dry_reason="no target matched")))
    async with on_stage(tab, (51, 8)) as stage:
        assert stage.lines()[:3] == ["No errors", "", "State     · dry  no target matched"]
        assert stage.lit() == []
        await stage.press("j", "enter", "right", "G")
        assert stage.lines()[-1] == "Run       run"
        assert tab.copied() is None
        early = (ADA,)
        tab.show(Matter(made_run(early_errors=early)))
        await stage.pilot.pause()
        assert stage.lines()[0].startswith("1 error of 1 cause so far, from its failed calls")
        tab.show(Matter(made_run()))
        await stage.pilot.pause()
        assert stage.lines()[0] == "No errors so far"
        tab.show(Matter())
        await stage.pilot.pause()
        assert stage.text() == ""


def test_a_book_in_a_column_does_not_fill_the_facts() -> None:
    tab = ErrorsTab(SETTING)
    tab.show(Matter(made_run(RunState.SUCCESS, layer_hash="h" * 5_000_000)))
    lines = ["".join(cell.text for cell in row.line(50)) for row in tab.make_rows(50)]
    assert sum("hhh" in line for line in lines) == 20
    assert len(lines) < 50


async def test_hostile_text_is_shown_as_signs() -> None:
    bad = "\x1b]0;title\x07 [@click=app.quit]x[/] \u202e\x00\x9b2J\ud800"
    errors = (error(bad, bad + "1", bad), error(bad, bad * 2000, bad), RunError(message=""))
    async with on_stage(shown(*errors), (78, 24)) as stage:
        tab = errors_tab(stage)
        tab.set_setting(SETTING._replace(glyphs=ASCII))
        await stage.press("right", "G", "right")
        rendered = stage.pilot.app.screen._compositor.render_strips()
        text = "\n".join(strip.text for strip in rendered)
        assert not set("\x1b\x07\u202e\x00\x9b\ud800") & set(text)
        assert "␛]0;title␇ [@click=app.quit]x[/]" in text
        assert "(the message is empty)" in text
        assert "no topic" in text
        assert "no node" in text
