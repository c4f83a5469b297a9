"""What the lines of the errors tab read: targets, keys, and messages from where they differ."""

from __future__ import annotations

import pytest

from tests.tui.made_runs import made_run
from tests.tui.tab_stage import SETTING
from zos_monitor.model.error_groups import ErrorGroup, group_errors
from zos_monitor.model.errors import RunError
from zos_monitor.model.runs import Usage
from zos_monitor.model.states import RunState
from zos_monitor.model.text import one_line
from zos_monitor.model.tracebacks import HEAD
from zos_monitor.tui import error_lines
from zos_monitor.tui.error_lines import from_difference, head, said_once, targets_hit
from zos_monitor.tui.error_rows import group_identity, items_of, rows_of
from zos_monitor.tui.glyphs import ASCII, UNICODE


def hit(*names: str | None) -> list[RunError]:
    return [RunError(message="", topic=name and f"key:{name}", topic_name=name) for name in names]


def told(group: ErrorGroup, width: int, *, opened: bool = True) -> list[str]:
    open_ones = {group_identity(group)} if opened else set()
    items = items_of([group], open_ones)
    lines = (row.line(width) for row in rows_of(items, open_ones, UNICODE, width))
    return ["".join(cell.text for cell in line).rstrip() for line in lines]


@pytest.mark.parametrize(
    ("errors", "width", "words"),
    [
        (hit("Ada", "Bram"), 20, "Ada · Bram"),
        (hit("Ada", "Bram", "Ada"), 20, "Ada ×2 · Bram"),
        (hit("Ada", "Bram", "Cleo", "Dora"), 20, "Ada · Bram · +2 more"),
        (hit("Ada", "Bram", "Cleo", "Dora"), 19, "Ada · +3 more"),
        (hit("Ada", "Bram", "Cleo"), 17, "Ada · Bram · Cleo"),
        (hit("Ada of the long name", "Bram"), 18, "Ada of … · +1 more"),
        (hit("凤霞" * 9), 9, "凤霞凤霞…"),
        (hit(None), 20, "no topic"),
        (hit("a\nb\x1b"), 20, "a ⏎ b␛"),
        ([RunError(message="", topic="self:zos")], 20, "self:zos"),
    ],
)
def test_targets_are_named_as_far_as_there_is_room(
    errors: list[RunError], width: int, words: str
) -> None:
    assert targets_hit(errors, width, UNICODE) == words


def test_ascii_has_signs_for_counts() -> None:
    assert targets_hit(hit("Ada", "Ada", "Bram"), 20, ASCII) == "Ada x2 - Bram"


@pytest.mark.parametrize(
    ("message", "shared", "words"),
    [
        ("alike and then another", 5, "alike and then another"),
        ("so much that is alike in all of them, and then this", 47, "… all of them, and then this"),
        ("x" * 80 + "abc", 80, "… abc"),
        ("a" * 30 + " begins", 37, "… begins"),
        ("one\ntwo", 0, "one ⏎ two"),
        ("", 0, ""),
    ],
)  # fmt: skip
def test_messages_begin_where_they_differ(message: str, shared: int, words: str) -> None:
    assert from_difference(message, shared, UNICODE) == words


def test_a_long_cause_wraps_and_a_key_shows_its_end() -> None:
    error = RunError(message="x", topic="server:847392018475629301:user:2100", topic_name="Ada")
    group = ErrorGroup(
        cause="validation of Insight: confidence, strength", node="store", members=(error, error)
    )
    assert told(group, 40) == [
        "▾ validation of Insight:       ×2  store",
        "  confidence, strength",
        "  x",
        "    Ada  …r:847392018475629301:user:2100",
        "    Ada  …r:847392018475629301:user:2100",
    ]
    assert told(group, 40, opened=False)[2:] == ["  Ada ×2", "  x"]
    assert [line[:12] for line in told(group, 12)][-1] == "    Ada"


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("one two\nthree\nfour", ["one two", "three", "four"]),
        ("a\nb\nc\nd", ["a", "b", "c …"]),
        ("a\nb\nwide words\nd", ["a", "b", "wide word…"]),
        ("x" * 9999, ["xxxxxxxxxx", "xxxxxxxxxx", "xxxxxxxxx…"]),
        (f'{HEAD}:\n  File "a.py", line 1, in a\n    b()\nOSError: no', ["OSError:", "no"]),
        (f'{HEAD}:\n  File "a.py", line 1', ["Traceback", "(most", "recent …"]),
    ],
)
def test_a_message_that_goes_on_says_so(message: str, words: list[str]) -> None:
    group = ErrorGroup(cause="", node=None, members=(RunError(message=message),))
    lines = said_once(group, UNICODE, 12)
    assert ["".join(cell.text for cell in line) for line in lines] == [f"  {w}" for w in words]


def test_like_errors_of_a_topic_are_items_of_their_own() -> None:
    (group,) = group_errors(hit("Ada", "Ada", "Bram"))
    items = items_of([group], {group_identity(group)})
    assert len({item.identity for item in items}) == len(items) == 4


def test_what_an_error_says_beyond_the_books_length_of_others_is_found() -> None:
    book = "word " * 40_000
    members = tuple(RunError(message=book + end, topic=end) for end in ("one", "two"))
    lines = told(ErrorGroup(cause="c", node=None, members=members), 60)
    assert [line.split()[-1] for line in lines[1:]] == ["one", "one", "two", "two"]


@pytest.mark.parametrize(
    ("width", "words"),
    [
        (70, "2 errors of 1 cause  1 of 3 targets  $0.50  5m 00s  11:55:00"),
        (58, "2 errors of 1 cause  1 of 3 targets  $0.50  5m 00s"),
        (24, "2 errors of 1 cause"),
        (9, "2 errors…"),
    ],
)
def test_the_head_says_what_the_run_came_to(width: int, words: str) -> None:
    errors = tuple(hit("Ada", "Bram"))
    run = made_run(RunState.PARTIAL, errors=errors, usage=Usage(calls=3, cost_usd=0.5),
                   targets_matched=3, targets_processed=1)  # fmt: skip
    line = head(run, group_errors(errors), SETTING, width)
    assert "".join(cell.text for cell in line) == words


def test_the_head_counts_causes_that_differ_in_case_only_once() -> None:
    errors = (RunError(message="Odd thing", node="a"), RunError(message="odd thing", node="b"))
    line = head(made_run(errors=errors), group_errors(errors), SETTING, 70)
    assert line[0].text == "2 errors of 1 cause"


def test_no_line_reads_a_long_message_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def reading(text: str) -> str:
        read.append(len(text))
        return one_line(text)

    monkeypatch.setattr(error_lines, "one_line", reading)
    monkeypatch.setattr(error_lines, "visible", reading)
    members = [RunError(message="x" * 20_000 + end, topic="t" * 20_000) for end in ("", "", "end")]
    for group in (members, members[:2]):
        told(ErrorGroup(cause="c", node="n" * 20_000, members=tuple(group)), 60)
    assert 4 < len(read) < 40
    assert max(read) == 1000
