"""The tabs of targets, calls and insights: what they say, and that their cursors stay."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, timedelta, timezone
from pathlib import Path

from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot

from tests.tui.driving import NOW
from tests.tui.made_runs import made_run
from tests.tui.made_workings import BEGAN, made_call, made_insight, made_workings
from zos_monitor import tui
from zos_monitor.model.runs import RunDetail
from zos_monitor.model.states import RunState
from zos_monitor.tui.app import MonitorApp
from zos_monitor.tui.glyphs import ASCII, UNICODE
from zos_monitor.tui.run_columns import Setting
from zos_monitor.tui.tab_view import Matter, TextWanted
from zos_monitor.tui.widgets.calls_tab import CallsTab
from zos_monitor.tui.widgets.insights_tab import InsightsTab
from zos_monitor.tui.widgets.targets_tab import TargetsTab

SETTING = Setting(NOW, UTC, UNICODE)
Tabs = TargetsTab | CallsTab | InsightsTab


class Stage(App[None]):
    CSS_PATH = Path(tui.__file__).parent / "zos_monitor.tcss"
    CSS = "Stage LineTable { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.targets = TargetsTab(SETTING)
        self.calls = CallsTab(SETTING)
        self.insights = InsightsTab(SETTING)
        self.wanted: list[Message] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return MonitorApp.get_theme_variable_defaults(self)  # type: ignore[arg-type]

    def compose(self) -> ComposeResult:
        yield from self.tabs

    @property
    def tabs(self) -> tuple[Tabs, ...]:
        return self.targets, self.calls, self.insights

    def show(self, matter: Matter) -> None:
        for tab in self.tabs:
            tab.show(matter)

    def on_text_wanted(self, event: TextWanted) -> None:
        self.wanted.append(event)

    def on_targets_tab_chosen(self, event: TargetsTab.Chosen) -> None:
        self.wanted.append(event)


def text(tab: Tabs) -> list[str]:
    lines = (tab.render_line(y).text.rstrip() for y in range(tab.size.height))
    return [line for line in lines if line]


@asynccontextmanager
async def stage(width: int = 50, height: int = 30) -> AsyncIterator[tuple[Stage, Pilot[None]]]:
    app = Stage()
    async with app.run_test(size=(width + 1, height)) as pilot:  # 1 for the scroll bar
        yield app, pilot


RUN = made_run(RunState.PARTIAL, started_at=BEGAN, completed_at=BEGAN + timedelta(seconds=100))
ADA = made_call(1, at=4)
BRAM = made_call(
    2,
    at=90,
    topic="server:1:user:3",
    topic_name="@bram",
    latency=timedelta(seconds=20),
    succeeded=False,
    error="Error code: 529 - {'type': 'error', 'error': {'type': 'overloaded_error'}}",
    cost_usd=0.0,
    tokens_input=0,
    tokens_output=0,
    tokens_total=0,
)
NAMELESS = made_call(3, at=95, topic="server:123456:subject:garden", topic_name=None)
WORKINGS = made_workings(ADA, BRAM, NAMELESS, insights=(made_insight(strength=5.2118),), lasted=100)


async def test_the_tabs_tell_what_fits() -> None:
    async with stage() as (app, pilot):
        app.show(Matter(RUN, WORKINGS))
        await pilot.pause()
        assert text(app.targets) == [
            "calls took 28s of 1m 40s  ┄┄ 1 wait, 1m 06s",
            "TARGET         OUTCOME        SPAN 0        1m 40s",
            "@ada           ✓ insight      4.0s ▆",
            "@bram          ✗ error         20s ┄┄┄┄┄┄┄┄┄┄✗✗✗✗",
            "…subject:gard… · no result    4.0s              ▆▆",
        ]
        assert text(app.calls) == [
            "TIME     TOPIC          RESULT           LATENCY",
            "03:00:04 @ada           ✓ ok                4.0s",
            "03:01:30 @bram          ✗ 529 overloaded     20s",
            "03:01:35 …subject:gard… ✓ ok                4.0s",
        ]
        assert text(app.insights) == [
            "TOPIC    CATEGORY          STR  CONF   IMP",
            "@ada     user_reflection  5.21  0.50     —",
        ]
        for tab in app.tabs:
            tab.set_setting(SETTING._replace(glyphs=ASCII, zone=timezone(timedelta(hours=2))))
        assert text(app.targets)[3] == "@bram          x error         20s ..........xxxx"
        assert text(app.calls)[2] == "05:01:30 @bram          x 529 overloaded     20s"
        await pilot.resize_terminal(117, 30)
        assert text(app.targets)[0].endswith("1 wait, 1m 06s: zos pauses 60s on a rate limit")
        assert text(app.targets)[2].startswith(
            "@ada            + insight       1  1.23k   $0.01    4.0s =="
        )
        assert text(app.calls)[1] == (
            "05:00:04 @ada            + ok                4.0s   $0.01 1.20k    34 "
            "sonnet-4-6 reflection"
        )
        assert text(app.insights) == [
            "TOPIC    CATEGORY        STRENGTH CONFIDENCE IMPORTANCE CONTENT",
            "@ada     user_reflection     5.21       0.50          — They returned ⏎ to it.",
        ]


async def test_a_refresh_leaves_the_cursor_on_its_record_and_another_run_begins_at_the_top() -> (
    None
):
    calls = [made_call(n, at=5 * n, topic=f"topic:{n}", topic_name=None) for n in range(1, 40)]
    insights = [made_insight(n, topic=f"topic:{n}", topic_name=None) for n in range(1, 40)]
    early = made_workings(*calls[1:], insights=tuple(insights[1:]))
    late = made_workings(*calls, insights=tuple(insights))
    async with stage() as (app, pilot):
        app.show(Matter(RUN, early))
        await pilot.pause()
        for tab in app.tabs:
            tab.move_to(20)
            selected, line = tab.selected, tab.cursor_row - tab.first_row  # type: ignore[operator]
            tab.show(Matter(RUN, None))  # it is being read again
            assert tab.selected == selected
            tab.show(Matter(RUN, late))
            assert tab.selected is not None
            assert tab.identity(tab.selected) == tab.identity(selected)  # type: ignore[arg-type]
            assert (tab.cursor_row, tab.cursor_row - tab.first_row) == (21, line)  # type: ignore[operator]
            tab.show(Matter(RUN, early))
            assert tab.cursor_row == 20
            tab.show(Matter(replace(RUN, id="other"), late))
            assert (tab.cursor_row, tab.first_row) == (0, 0)


async def test_what_is_opened_is_asked_for() -> None:
    async with stage() as (app, pilot):
        app.show(Matter(RUN, WORKINGS))
        app.targets.focus()
        await pilot.press("j", "enter")
        app.calls.go_to_topic("server:1:user:3")
        app.calls.focus()
        await pilot.press("enter")
        app.insights.focus()
        await pilot.press("enter")
        chosen, call, insight = app.wanted
        assert isinstance(chosen, TargetsTab.Chosen)
        assert isinstance(call, TextWanted)
        assert isinstance(insight, TextWanted)
        assert chosen.topic == "server:1:user:3"
        assert call.subject == BRAM
        assert insight.subject == WORKINGS.insights[0]
        assert (app.calls.step(1), app.calls.step(1)) == (NAMELESS, None)
        assert app.insights.step(-1) is None
        assert app.calls.selected == NAMELESS
        app.calls.go_to_topic("topic:none")
        assert app.calls.selected == NAMELESS


async def test_what_is_selected_is_copied_as_it_is_stored() -> None:
    call = replace(BRAM, topic="a\x1b[31m", error="no\x07")
    async with stage() as (app, pilot):
        assert [tab.copied() for tab in app.tabs] == [None] * 3
        app.show(Matter(RUN, made_workings(call, insights=(made_insight(),))))
        await pilot.pause()
        target, copied, insight = (tab.copied() for tab in app.tabs)
        assert target is not None
        assert target.text.startswith("topic: server:1:user:2\nname: @ada\noutcome: ")
        assert copied is not None
        assert "\ntopic: a\x1b[31m\nname: @bram\n" in copied.text
        assert "\ncost in USD: 0.0\nlatency in ms: 20000\nsucceeded: no\n" in copied.text
        assert copied.text.endswith("\nerror: no\x07")
        assert insight is not None
        assert "strength: 5.2118\nconfidence: 0.5\nmade: " in insight.text


async def test_what_is_not_there_is_said() -> None:
    nothing = made_workings()
    bare = replace(nothing, call_count=None, insight_count=None)
    unmatched, running = replace(RUN, targets_matched=0), made_run(id="open")
    said: list[tuple[RunDetail | None, object, tuple[str, str, str]]] = [
        (None, None, ("", "", "")),
        (RUN, None, ("Reading",) * 3),
        (
            RUN,
            bare,
            (
                "This database records neither calls nor insights",
                "This database records no calls",
                "This database records no insights",
            ),
        ),
        (RUN, nothing, ("No target left a trace", "No call was made", "No insight is stored")),
        (
            unmatched,
            nothing,
            ("No target was selected", "No call was made", "No insight is stored"),
        ),
        (
            running,
            nothing,
            ("No target is known yet", "No call has ended yet", "No insight is stored yet"),
        ),
    ]
    async with stage() as (app, pilot):
        for run, workings, words in said:
            app.show(Matter())
            app.show(Matter(run, workings))  # type: ignore[arg-type]
            await pilot.pause()
            assert tuple("".join(text(tab)) for tab in app.tabs) == words


async def test_records_that_are_not_listed_are_told() -> None:
    many = replace(WORKINGS, call_count=2003, insight_count=2)
    async with stage() as (app, pilot):
        app.show(Matter(RUN, many))
        await pilot.pause()
        assert text(app.calls)[-1] == text(app.targets)[-1] == "2,000 earlier calls not listed"
        assert text(app.insights)[-1] == "1 earlier insight not listed"
        app.calls.focus()
        await pilot.press("G")
        assert app.calls.selected == NAMELESS  # the line about the others is none of them
