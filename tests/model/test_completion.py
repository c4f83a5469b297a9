"""Completion: what is offered for the word at the cursor, marked as | in the cases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zos_monitor.model.completion import SAMPLE_TIMES, complete
from zos_monitor.model.filters import FilterKey, literal, parse_filter, values_of

LAYERS = ("nightly-user", "weekly-nightly", "Night watch", "dm-response", "a*b", "c:d")
KEYS = ("status:", "layer:", "kind:", "since:", "until:", "id:", "error:", "cause:")
STATES = ("running", "stalled", "interrupted", "success", "partial", "failed", "dry", "unknown")


@pytest.mark.parametrize(
    ("text", "replaced", "candidates"),
    [
        ("|", "", KEYS),
        ("Ada |", "", KEYS),
        ("| Ada", "", KEYS),
        ("Ada |Bram", "", KEYS),
        ("-|", "", KEYS),
        ("s|", "s", ("status:", "since:", "cause:")),
        ("S|", "S", ("status:", "since:", "cause:")),
        ("x -er|", "er", ("error:", "layer:")),
        ("t|", "t", ("status:", "until:")),
        ("u|", "u", ("until:", "status:", "cause:")),
        ("sta|tus:dry", "status:", ("status:",)),
        ("sta|x", "stax", ("status:",)),
        ("Ada|", "Ada", ()),
        ("a,s|", "a,s", ()),
        ('"s|', '"s', ()),
        ("status:|", "", STATES),
        ("-status:fa|", "fa", ("failed",)),
        ("status:r|", "r", ("running", "interrupted", "partial", "dry")),
        ("STATUS:failed,p|", "p", ("partial", "interrupted")),
        ("status:failed,|", "", tuple(s for s in STATES if s != "failed")),
        ("status:fa|iled,dry", "failed", ("failed",)),
        ("status:dr|,failed x", "dr", ("dry",)),
        ("layer:night|", "night", ("nightly-user", '"Night watch"', "weekly-nightly")),
        ('layer:"Night w|', '"Night w', ('"Night watch"',)),
        ('layer:"Night w| since:7d', '"Night w', ('"Night watch"',)),
        ('layer:"Night w|"', '"Night w"', ('"Night watch"',)),
        ("layer:*user|", "*user", ("nightly-user",)),
        ("layer:a|", "a", ('"a*b"', '"Night watch"')),
        ("kind:|", "", ("scheduled", "conversation")),
        ("-kind:sch|", "sch", ("scheduled",)),
        ("kind:scheduled,|", "", ("conversation",)),
        ("layer:c|", "c", ("c:d", '"Night watch"')),
        ('layer:"a*b",a|', "a", ('"Night watch"',)),
        ("since:|", "", (*SAMPLE_TIMES, "all")),
        ("since:a|", "a", ("all", "today", "yesterday")),
        ("until:a|", "a", ("today", "yesterday")),
        ("until:y|", "y", ("yesterday", "today")),
        ("since:1d,|", "", ()),
        ("id:|", "", ()),
        ("error:x|", "x", ()),
        ("ca|", "ca", ("cause:",)),
        ("cause:429|", "429", ()),
        ("foo:s|", "s", ()),
    ],
)
def test_candidates(text: str, replaced: str, candidates: tuple[str, ...]) -> None:
    cursor = text.index("|")
    typed = text.replace("|", "")
    found = complete(typed, cursor, layers=LAYERS)
    assert typed[found.start : found.end] == replaced
    assert found.start <= cursor <= found.end
    assert found.candidates == candidates


@given(
    st.lists(st.text(st.characters(exclude_characters="\0"), min_size=1), unique=True, max_size=3)
)
def test_a_layer_of_any_name_completes_to_itself(names: list[str]) -> None:
    found = complete("layer:", 6, layers=names)
    completed = [parse_filter(f"layer:{candidate}") for candidate in found.candidates]
    assert [values_of(flt, FilterKey.LAYER) for flt in completed] == [
        (literal(name),) for name in names
    ]


@given(st.text(), st.integers(-3, 30))
def test_any_text_and_cursor_will_do(text: str, cursor: int) -> None:
    found = complete(text, cursor, layers=LAYERS)
    assert 0 <= found.start <= found.end <= len(text)


@given(st.lists(st.sampled_from(["layer:", '"', ",", " ", "\\", "a", "-", "*", "status:"])))
def test_a_half_typed_text_has_its_word_around_the_cursor(parts: list[str]) -> None:
    text = "".join(parts)
    for cursor in range(len(text) + 1):
        found = complete(text, cursor, layers=LAYERS)
        assert 0 <= found.start <= cursor <= found.end <= len(text)
