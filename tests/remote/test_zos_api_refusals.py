"""What zos's own API does not tell, or would tell otherwise, is not offered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from tests.conftest import NOW
from tests.remote.zos_both import Both
from zos_monitor.model.faults import NotOffered
from zos_monitor.model.filters import parse_filter
from zos_monitor.model.sorting import Sort, SortKey
from zos_monitor.remote import zos_lists

REFUSED = [
    ("status:dry", "status:dry"),
    ("status:running", "status:running"),
    ("status:failed,dry since:7d", "status:failed,dry"),
    ("-status:failed", "-status:failed"),
    ("status:failed status:success", "status:success"),
    ("layer:nightly-*", "layer:nightly-*"),
    ("layer:odd,silent", "layer:odd,silent"),
    ("layer:odd layer:silent", "layer:silent"),
    ("-layer:odd", "-layer:odd"),
    ("since:7d until:1d", "until:1d"),
    ("kind:scheduled", "kind:scheduled"),
    ("id:same-1", "id:same-1"),
    ("error:429", "error:429"),
    ("Ada", "Ada"),
    ("cause:" + "x" * 200, "cause:" + "x" * 33 + "…"),
]


@pytest.mark.parametrize(("text", "word"), REFUSED)
async def test_what_the_api_would_answer_otherwise_is_refused(
    both: Both, text: str, word: str
) -> None:
    flt = parse_filter(text)
    asks: list[Callable[[], Awaitable[object]]] = [
        lambda: both.api.run_slice(flt),
        lambda: both.api.newest(flt, limit=3),
        lambda: both.api.count(flt),
        lambda: both.api.totals(flt),
        lambda: both.api.row_since(flt, NOW),
        lambda: both.api.next_failure(flt, None, newer=False),
    ]
    for ask in asks:
        with pytest.raises(NotOffered) as refused:
            await ask()
        assert refused.value.word == word
        assert refused.value.message.startswith(f"{word}: not offered by this server")


async def test_what_three_paths_do_not_tell_is_refused(both: Both) -> None:
    flt = parse_filter("")
    asks: list[Callable[[], Awaitable[object]]] = [
        both.api.pasts,
        both.api.nights,
        lambda: both.api.workings("now"),
        lambda: both.api.stored_row("now"),
        lambda: both.api.call_text("x"),
        lambda: both.api.insight_text("x"),
        lambda: anext(both.api.failures(flt)),
        lambda: anext(both.api.breakdown(flt)),
        lambda: both.api.run_slice(flt, sort=Sort(SortKey.COST)),
        lambda: both.api.count_on(flt, sort=Sort(SortKey.ERRORS)),
    ]
    for ask in asks:
        with pytest.raises(NotOffered, match=r"(?i)not offered by this server"):
            await ask()
    assert both.asked == []


async def test_a_long_list_of_several_states_is_refused(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zos_lists, "MOST_MERGED", 5)
    with pytest.raises(NotOffered, match="name one state"):
        await both.api.run_slice(parse_filter("status:failed,partial"))
    assert await both.api.newest(parse_filter("status:failed,partial"), limit=1)
