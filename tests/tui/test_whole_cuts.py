"""Lines cut between what is joined: both parts have the cells that they are said to have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from zos_monitor.tui.whole_cuts import mend_cuts

FAMILY = "👩\u200d👩\u200d👧\u200d👦"
BOLD = Style(bold=True)
PIECES = [FAMILY, "❤\ufe0f", "1\ufe0f\u20e3", "👍🏽", "猫", "a", " ", "e\u0301", "é", "🇳🇱"]


@pytest.fixture(autouse=True)
def _mended() -> None:
    mend_cuts()  # as every dashboard does


@pytest.mark.parametrize(
    ("text", "cut", "before", "after"),
    [
        ("plain", 2, "pl", "ain"),
        ("plain", 9, "plain", ""),
        ("猫猫", 1, " ", " 猫"),
        (FAMILY * 2, 2, FAMILY, FAMILY),
        (FAMILY * 2, 3, f"{FAMILY} ", " "),
        (FAMILY * 2, 1, " ", f" {FAMILY}"),
        (f"a{FAMILY}b", 2, "a ", " b"),
        ("❤\ufe0fa", 1, " ", " a"),
        (FAMILY, 0, "", FAMILY),
        (FAMILY, 2, FAMILY, ""),
        (FAMILY, 5, FAMILY, ""),
    ],
)
def test_nothing_is_cut_in_half(text: str, cut: int, before: str, after: str) -> None:
    assert Segment(text, BOLD).split_cells(cut) == (Segment(before, BOLD), Segment(after, BOLD))


@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join), st.integers(0, 20))
def test_both_parts_fill_as_many_cells_as_before(text: str, cut: int) -> None:
    before, after = Segment(text).split_cells(cut)
    assert cell_len(before.text) == min(cut, cell_len(text))
    assert cell_len(before.text) + cell_len(after.text) == cell_len(text)
    assert not before.text.endswith("\u200d")
    assert not after.text.startswith(("\u200d", "\ufe0f"))
