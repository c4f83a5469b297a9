"""Full statistics made by hand, and their screen alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta

from textual.pilot import Pilot

from tests.tui import nights as made_nights
from tests.tui.driving import NOW, WIDE
from tests.tui.stages import AskedStage
from zos_monitor.model.breakdown import Breakdown, LayerFigures, ModelFigures
from zos_monitor.model.states import RunState
from zos_monitor.model.stats import LayerTotals, add_up
from zos_monitor.tui.figures_screen import FiguresScreen
from zos_monitor.tui.glyphs import UNICODE, Glyphs

DAY = timedelta(days=1)
TODAY = date(2026, 11, 21)


def layer(name: str, runs: int = 7, cost: float | None = 1.4, **fields: object) -> LayerFigures:
    """Return a layer with so many runs, one in seven of them failed; its cost rises by the day."""
    failed = runs // 7
    counts = {RunState.SUCCESS: runs - failed, RunState.FAILED: failed}
    totals = LayerTotals(
        layer_name=name,
        counts={state: count for state, count in counts.items() if count},
        insights=3 * runs,
        tokens=5000 * runs,
        cost_usd=cost,
        uncosted=0 if cost is not None else runs,
        stored_cost_usd=cost,
        timed=runs,
        seconds=90.5 * runs,
        first_started=NOW - 6 * DAY,
        last_started=NOW - timedelta(hours=9),
    )
    spent = {} if cost is None else {TODAY - n * DAY: cost * (7 - n) / 28 for n in range(6, -1, -1)}
    known: dict[str, object] = {
        "name": name,
        "totals": totals,
        "tokens_input": 4500 * runs,
        "tokens_output": 500 * runs,
        "share": None,
        "p95_duration": timedelta(seconds=400),
        "cost_by_day": spent,
        "last_success": NOW - timedelta(hours=9),
        "last_failure": NOW - 4 * DAY if failed else None,
    }
    return LayerFigures(**(known | fields))  # type: ignore[arg-type]


def model(name: str, calls: int, cost: float | None, **fields: object) -> ModelFigures:
    known: dict[str, object] = {
        "provider": "anthropic",
        "name": name,
        "calls": calls,
        "failed_calls": calls // 20,
        "tokens_input": 3000 * calls,
        "tokens_output": 300 * calls,
        "cost_usd": cost,
        "share": None if cost is None else cost / 20,
        "average_latency": timedelta(seconds=4.2),
        "p95_latency": timedelta(seconds=61),
        "last_called": NOW - timedelta(hours=9),
    }
    return ModelFigures(**(known | fields))  # type: ignore[arg-type]


LAYERS = (
    layer("channel-speak", 140, 0.8, share=0.05, p95_duration=timedelta(seconds=19)),
    layer("dev_manual", 1, None),
    layer("nightly-dyad-reflection", 7, 2.8, share=0.175, last_failure=NOW - timedelta(hours=33)),
    layer("nightly-user-reflection", 14, 12.4, share=0.775),
)
MODELS = (
    model("claude-sonnet-4-6", 1_210, 15.0),
    model("claude-opus-4-6", 48, 5.0, failed_calls=0),
    model("[bold]local\x1b[31m", 9, None, provider="", average_latency=None, p95_latency=None),
)


def breakdown(
    layers: Sequence[LayerFigures] = LAYERS,
    models: Sequence[ModelFigures] = MODELS,
    **fields: object,
) -> Breakdown:
    """Return an answer over the last 7 days, whole unless it is said otherwise."""
    days: dict[date, float] = {}
    for one in layers:
        for day, cost in one.cost_by_day.items():
            days[day] = days.get(day, 0.0) + cost
    lasts = [one.last_failure for one in layers if one.last_failure is not None]
    overall = layer("", cost_by_day=days, share=1.0, last_failure=max(lasts, default=None))
    totals = add_up(one.totals for one in layers)
    known: dict[str, object] = {
        "since": NOW - 7 * DAY,
        "until": None,
        "gone_through": 1.0,
        "overall": replace(overall, totals=totals),
        "by_layer": tuple(layers),
        "by_model": tuple(models),
    }
    return Breakdown(**(known | fields))  # type: ignore[arg-type]


SAMPLE = breakdown()


class Stage(AskedStage[Breakdown]):
    """The screen alone; what is asked is answered by hand."""

    def __init__(self, *answers: Breakdown | Exception | None, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(NOW, *answers, span="last 7 days", glyphs=glyphs)
        self.figures = FiguresScreen(
            self.setting,
            ask=self.ask,
            span=lambda: self.span,
            nights=made_nights.sample(),
            choose_window=self.choose_window,
        )

    @property
    def alone(self) -> FiguresScreen:
        return self.figures

    def is_whole(self, answer: Breakdown) -> bool:
        return answer.gone_through >= 1

    def made_whole(self, answer: Breakdown) -> Breakdown:
        return replace(answer, gone_through=1.0)

    def rows(self) -> list[str]:
        """Return what the rows of the table are called, in their order."""
        names = [row.figures.name for row in self.figures.table.rows]
        return names[1:]


@asynccontextmanager
async def stage(
    *answers: Breakdown | Exception | None,
    size: tuple[int, int] = WIDE,
    glyphs: Glyphs = UNICODE,
) -> AsyncIterator[tuple[Stage, Pilot[None]]]:
    app = Stage(*(answers or (SAMPLE,)), glyphs=glyphs)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot
