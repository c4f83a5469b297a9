"""What the totals say where there is something out of the common, and where there is no room."""

from __future__ import annotations

import pytest

from tests.tui.driving import NOW
from tests.tui.made_runs import LAYER
from zos_monitor.model.states import RunState
from zos_monitor.model.stats import LayerTotals, RunTotals, Totals
from zos_monitor.tui.glyphs import ASCII, UNICODE, Glyphs
from zos_monitor.tui.run_columns import Setting
from zos_monitor.tui.widgets.layers_panel import LayersPanel
from zos_monitor.tui.widgets.totals_line import TotalsLine

SETTING = Setting(NOW, NOW.tzinfo, UNICODE)  # type: ignore[arg-type]


class WidePanel(LayersPanel):
    """Has room for all columns."""

    line_width = 140


def made_totals(**figures: object) -> Totals:
    counts = {RunState.SUCCESS: 3, RunState.FAILED: 1}
    told = {"counts": counts, "cost_usd": 4.09, "stored_cost_usd": 4.09, **figures}
    overall = RunTotals(**told)  # type: ignore[arg-type]
    layer = LayerTotals(layer_name=LAYER, **told)  # type: ignore[arg-type]
    return Totals(since=None, until=None, overall=overall, by_layer=(layer,))


def panel_lines(totals: Totals) -> list[str]:
    """Return the titles, the line of all layers, and that of the only one."""
    panel = WidePanel(SETTING)
    panel._totals = totals
    lines = (panel.head_line(0), panel.head_line(1), panel.row_line(0))
    return ["".join(cell.text for cell in line) for line in lines]


def test_states_that_are_rare_have_columns_where_they_occur() -> None:
    usual = panel_lines(made_totals())[0].split()
    assert usual[:7] == ["LAYER", "RUNS", "▶", "✓", "◐", "✗", "·"]
    counts = {RunState.STALLED: 1, RunState.INTERRUPTED: 2, RunState.UNKNOWN: 3}
    head, overall, _ = panel_lines(made_totals(counts=counts))
    assert head.split()[:10] == ["LAYER", "RUNS", "▶", "!", "⊘", "✓", "◐", "✗", "·", "?"]
    assert overall.split()[2:11] == ["6", "·", "1", "2", "·", "·", "·", "·", "3"]


def test_the_stored_cost_stands_beside_the_true_one() -> None:
    head, overall, layer = panel_lines(made_totals(stored_cost_usd=0.26, uncosted=2))
    after = head[head.index("COST") :].split()
    assert after[:2] == ["COST", "STORED"]
    for line in (overall, layer):
        assert line[head.index("TOKENS") + 6 :].split()[:2] == ["$4.09+", "$0.26"]
    assert "STORED" not in panel_lines(made_totals())[0]


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])
def test_a_line_of_totals_has_signs_where_words_do_not_fit(
    monkeypatch: pytest.MonkeyPatch, glyphs: Glyphs
) -> None:
    line = TotalsLine(glyphs)
    monkeypatch.setattr(TotalsLine, "totals", made_totals(uncosted=2))
    monkeypatch.setattr(TotalsLine, "span", "last 7 days")

    def told(width: int) -> str:
        monkeypatch.setattr(TotalsLine, "size", type("Size", (), {"width": width}))
        return line.render().plain

    words = "last 7 days: 4 runs 3 success 1 failed $4.09 +2 runs without cost"
    assert told(len(words)) == words
    success, failed = glyphs.states[RunState.SUCCESS], glyphs.states[RunState.FAILED]
    short = f"last 7 days: 4 runs 3{success} 1{failed} $4.09 +2 runs without cost"
    assert told(len(words) - 1) == short
    assert len(told(20)) == 20
