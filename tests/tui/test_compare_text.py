"""A run beside another one: what stands out, and what the lists beneath say."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.tui.driving import NOW
from tests.tui.made_runs import made_progress, made_run
from tests.tui.tab_stage import SETTING, Tabbed, on_stage
from zos_monitor.model.compare import compare
from zos_monitor.model.comparison import Comparison, FailedTopic, Partner
from zos_monitor.model.errors import RunError
from zos_monitor.model.runs import RunDetail, Usage
from zos_monitor.model.states import RunState
from zos_monitor.tui.compare_lines import Compared, compared, ratio_words
from zos_monitor.tui.compare_text import comparison_plainly, comparison_text
from zos_monitor.tui.glyphs import ASCII
from zos_monitor.tui.tab_view import Matter
from zos_monitor.tui.widgets.compare_tab import CompareTab

LIMIT = RunError(topic="server:1:user:2", topic_name="Ada", node="reflect",
                 message="Error code: 429 - {'type': 'rate_limit_error'}")  # fmt: skip
NAMED = {"model_profile": "complex", "model_provider": "anthropic", "model_name": "opus"}


def beside(other: RunDetail | None = None, **columns: object) -> Comparison:
    """Return a run that differs from a success in these columns alone."""
    known: dict[str, object] = {**NAMED, "usage": Usage(calls=9, tokens_total=900, cost_usd=0.9)}
    this = made_run(RunState.SUCCESS, id="this", **known | columns)  # type: ignore[arg-type]
    other = other or made_run(RunState.SUCCESS, id="other", **known)  # type: ignore[arg-type]
    return compare(this, other, Partner.LAST_SUCCESS)


def told(comparison: Comparison, width: int = 50) -> list[str]:
    lines = (
        line
        for part in comparison_text(comparison, SETTING, width)
        for line in part.lines(max(1, width))
    )
    return ["".join(cell.text for cell in line).rstrip() for line in lines]


def line_of(label: str, comparison: Comparison) -> Compared:
    (line,) = (one for one in compared(comparison, SETTING) if one.label == label)
    return line


def test_two_runs_that_are_alike_have_nothing_that_stands_out() -> None:
    comparison = beside()
    assert not [line for line in compared(comparison, SETTING) if line.differs]
    assert told(comparison)[0] == "  Same layer hash and model"
    assert not [line for line in told(comparison) if "≠" in line]


def test_a_book_in_a_column_does_not_fill_the_table() -> None:
    lines = told(beside(layer_hash="h" * 5_000_000))
    assert len(lines) < 50
    assert sum("hhh" in line for line in lines) == 20
    assert [line for line in lines if "hhh" in line][-1].endswith("…")


@pytest.mark.parametrize(
    ("columns", "label", "this", "summary"),
    [
        ({"layer_hash": "0123456789abcdef"}, "Hash", "0123456789abcdef",
         "≠ Layer hash changed"),
        ({"model_name": "sonnet"}, "Model", "sonnet", "≠ Another model"),
        ({"model_profile": "simple"}, "Profile", "simple", "≠ Another model"),
        ({"targets_matched": 2}, "Matched", "2", "  Same layer hash and model"),
        ({"layer": "other-layer"}, "Layer", "other-layer", "≠ Another layer"),
        ({"error_count": 1, "errors": (LIMIT,)}, "Errors", "1",
         "  Same layer hash and model · 1 new cause: 429"),
    ],
)  # fmt: skip
def test_one_thing_that_differs_stands_out_alone(
    columns: dict[str, object], label: str, this: str, summary: str
) -> None:
    comparison = beside(**columns)  # type: ignore[arg-type]
    assert [line.label for line in compared(comparison, SETTING) if line.differs] == [label]
    assert line_of(label, comparison).this == this
    assert told(comparison)[0] == summary
    assert [line for line in told(comparison)[1:] if line.startswith(f"≠ {label}")]


@pytest.mark.parametrize(
    ("cost", "differs", "ratio"),
    [
        (0.9, False, 1.0), (1.35, False, 1.5), (1.36, True, 1.51), (0.61, False, 0.68),
        (0.59, True, 0.66), (0.0, True, None), (None, False, None),
    ],
)  # fmt: skip
def test_figures_stand_out_where_one_is_far_more(
    cost: float | None, differs: bool, ratio: float | None
) -> None:
    line = line_of("Cost", beside(usage=Usage(calls=9, tokens_total=900, cost_usd=cost)))
    assert (line.differs, line.ratio and round(line.ratio, 2)) == (differs, ratio)


def test_a_duration_has_its_ratio() -> None:
    comparison = beside(completed_at=NOW + timedelta(minutes=7))
    assert "≠ Duration  12m 00s  2.4x       5m 00s" in told(comparison)


@pytest.mark.parametrize(
    ("ratio", "words"),
    [(1e9, ">99x"), (15.6, "16x"), (2.34, "2.3x"), (0.05, "0.05x"), (0.001, "<0.01x")],
)
def test_ratios_are_short(ratio: float, words: str) -> None:
    assert ratio_words(ratio) == words


def test_what_is_not_recorded_differs_from_nothing() -> None:
    bare = made_run(RunState.SUCCESS, targets_matched=None, targets_skipped=None)
    lines = compared(beside(bare), SETTING)
    assert [line.label for line in lines if line.differs] == ["Calls"]  # none is a number
    assert line_of("Model", beside(bare)).other == "—"
    assert told(beside(bare))[0] == "  Same layer hash"


def test_an_open_run_is_compared_by_its_calls() -> None:
    run = made_run(
        id="this", early_errors=(LIMIT,), progress=made_progress(9, 4, failed=1), insights_stored=3
    )
    comparison = compare(run, made_run(RunState.SUCCESS, id="other"), Partner.MARKED)
    of = {line.label: line.this for line in compared(comparison, SETTING)}
    assert (of["State"], of["Processed"], of["Skipped"]) == ("▶ running", "3", "1")
    assert (of["Insights"], of["Errors"], of["Duration"]) == ("3", "1", "5m 00s+")
    assert any("Marked run" in line for line in told(comparison))


def test_lists_tell_what_is_new_and_what_is_gone() -> None:
    targets = [("Ada", True), ("Bram", False), (None, None)]
    topics = [
        FailedTopic(f"key:{n}", name, "timeout", both) for n, (name, both) in enumerate(targets)
    ]
    base = beside(error_count=1, errors=(LIMIT,))
    comparison = Comparison(
        this=base.this, other=base.other, partner=Partner.MARKED, new_causes=base.new_causes,
        newly_failing=tuple(topics), recovered=tuple(topics),
    )  # fmt: skip
    text = told(comparison)
    assert text[text.index("New causes") :] == [
        "New causes", "  429 rate limit  ×1", "",
        "Targets that newly fail", "  Ada    timeout  key:0", "  key:2  timeout", "",
        "Targets that fail, not seen in the other run", "  Bram  timeout  key:1", "",
        "Targets that recovered", "  Ada  timeout  key:0", "",
        "Targets that failed, not seen in this run", "  Bram   timeout  key:1",
        "  key:2  timeout",
    ]  # fmt: skip
    assert text[0] == "  Same layer hash and model · 1 new cause: 429"
    plain = comparison_plainly(comparison, SETTING._replace(glyphs=ASCII))
    assert plain.startswith("              This run  ")
    assert "\n*  Errors     1" in plain
    assert plain.endswith("  key:2  timeout")


def test_hostile_and_long_words_stay_within_their_columns() -> None:
    comparison = beside(layer_hash="\x1b[2J\n" + "猫" * 60, model_name="x" * 100)
    for width in (30, 50, 78, 116):
        lines = told(comparison, width)
        assert "\x1b" not in "".join(lines)
        assert any("␛[2J" in line for line in lines)
    assert told(comparison, 0)


def test_where_there_is_none_to_compare_with_it_says_what_to_do() -> None:
    text = told(compare(made_run(RunState.FAILED), None, Partner.LAST_SUCCESS), 80)
    assert "no earlier success" in text[0]
    assert "with m" in text[1]


async def test_the_tab_tells_a_changed_hash_a_changed_model_and_a_new_error_apart() -> None:
    tab = CompareTab(SETTING)
    async with on_stage(tab, (51, 12)) as stage:

        async def show(comparison: Comparison | None, run: RunDetail) -> list[str]:
            tab.show(Matter(run, comparison=comparison))
            await stage.pilot.pause()
            return marked(stage)

        def marked(stage: Tabbed) -> list[str]:
            words = [one for one in stage.lines() if one.startswith("≠")]
            return [one[2:12].strip() for one in words]

        changed = beside(layer_hash="0123456789abcdef")
        assert await show(None, changed.this) == []
        assert stage.lines()[0] == "Reading"
        assert tab.copied() is None
        assert await show(changed, changed.this) == ["Layer hash", "Hash"]
        model = beside(model_name="sonnet")
        assert await show(model, model.this) == ["Another mo", "Model"]
        await stage.press("j", "j")
        new = beside(error_count=1, errors=(LIMIT,))
        assert await show(new, new.this) == []
        assert tab.scroll_offset.y == 2  # of the same run as before
        assert "1 new cause" in "".join(line for line in told(new))
        await stage.press("G")
        assert marked(stage) == ["Errors"]
        assert "  429 rate limit  ×1" in stage.lines()
        copied = tab.copied()
        assert copied is not None
        assert "Ada  429 rate limit  server:1:user:2" in copied.text
        tab.set_setting(SETTING._replace(now=NOW + timedelta(hours=1)))
        assert tab.scroll_offset.y == tab.max_scroll_y
