from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from zos_monitor.demo.ulid import UlidMaker

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_ids_sort_by_time_even_within_a_millisecond() -> None:
    ulids = UlidMaker()
    instants = [NOON + timedelta(microseconds=150 * i) for i in range(200)]
    made = [ulids.make(instant) for instant in instants]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {len(ulid) for ulid in made} == {26}
    assert set("".join(made)) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def test_the_time_is_in_the_id() -> None:
    # Two pairs of id and instant that zos itself has made.
    nine = datetime(2026, 11, 21, 9, tzinfo=UTC)
    assert UlidMaker().make(nine)[:10] == "01M7YNAYM0"
    later = datetime(2026, 11, 21, 10, 41, 27, 910455, tzinfo=UTC)
    assert UlidMaker().make(later)[:10] == "01M7YV4QV6"


def test_the_seed_decides_the_rest() -> None:
    assert UlidMaker(1).make(NOON) == UlidMaker(1).make(NOON)
    assert UlidMaker(1).make(NOON) != UlidMaker(2).make(NOON)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(TypeError):
        UlidMaker().make(NOON.replace(tzinfo=None))
