from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.demo.rows import everything, rows, values
from zos_monitor.demo import history, layers
from zos_monitor.demo.mishaps import MISHAPS, TRACEBACK_LENGTH
from zos_monitor.demo.writer import ZosWriter

UNTIL = datetime(2026, 11, 21, 12, tzinfo=UTC)
LAST_NIGHT = datetime(2026, 11, 21, 3, tzinfo=UTC)


def write(path: Path, nights: int = 30, until: datetime = UNTIL, seed: int = 7) -> Path:
    with ZosWriter(path, seed=seed) as writer:
        history.write_history(writer, nights=nights, until=until, seed=seed)
    return path


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("history") / "zos.db")


def day(age: int) -> tuple[str, str]:
    """Return where the night of an age begins and ends, as stored text."""
    start = LAST_NIGHT - timedelta(days=age)
    return f"{start:%Y-%m-%d %H}", f"{start + timedelta(days=1):%Y-%m-%d %H}"


def of_day(sample: Path, what: str, age: int, also: str = "1") -> list[tuple[object, ...]]:
    since, until = day(age)
    sql = f"SELECT {what} FROM layer_runs WHERE started_at || '' BETWEEN ? AND ? AND {also}"
    return rows(sample, sql, since, until)


def test_the_same_seed_gives_the_same_rows(sample: Path, tmp_path: Path) -> None:
    assert everything(write(tmp_path / "again.db")) == everything(sample)


def test_another_seed_gives_other_rows(tmp_path: Path) -> None:
    one = everything(write(tmp_path / "one.db", nights=3))
    two = everything(write(tmp_path / "two.db", nights=3, seed=8))
    assert one["llm_calls"] != two["llm_calls"]


def test_the_amounts_resemble_a_real_system(sample: Path) -> None:
    [runs] = values(sample, "SELECT count(*) FROM layer_runs")
    [calls] = values(sample, "SELECT count(*) FROM llm_calls")
    names = values(sample, "SELECT layer_name FROM layer_runs")
    talks = [name for name in names if name in {layer.name for layer in layers.BY_DAY}]
    assert 6 <= runs / 30 <= 9
    assert 35 <= calls / 30 <= 50
    assert 30 < len(talks) < runs / 2
    assert set(names) == {
        "dev_manual",
        *(layer.name for layer in layers.ALL),
    }


def test_ids_are_in_order_of_time(sample: Path) -> None:
    for table, instant in [("layer_runs", "started_at"), ("llm_calls", "created_at")]:
        ids = values(
            sample, f"SELECT id FROM {table} WHERE id <> 'dev_manual' ORDER BY {instant}, rowid"
        )
        assert ids == sorted(ids)
        assert {len(one) for one in ids} == {26}


def test_every_stored_status_is_there(sample: Path) -> None:
    found = values(sample, "SELECT DISTINCT status FROM layer_runs WHERE completed_at IS NOT NULL")
    assert set(found) == {"success", "partial", "failed", "dry"}


def test_counters_agree_with_what_the_run_left_behind(sample: Path) -> None:
    found = rows(
        sample,
        """
        SELECT targets_matched, targets_processed, targets_skipped, insights_created,
          (SELECT count(*) FROM insights i WHERE i.layer_run_id = r.id),
          (SELECT count(DISTINCT topic_key) FROM insights i WHERE i.layer_run_id = r.id),
          errors
        FROM layer_runs r
        WHERE layer_name LIKE 'nightly%' AND completed_at IS NOT NULL
          AND status <> 'dry'
        """,
    )
    for matched, processed, skipped, insights, stored, topics, errors in found:
        assert matched == processed + skipped
        assert processed == insights == stored == topics
        assert len(json.loads(errors) or ()) == skipped


def test_conversations_count_answers_but_store_no_insight(sample: Path) -> None:
    found = rows(
        sample,
        "SELECT sum(insights_created),"
        " sum((SELECT count(*) FROM insights WHERE layer_run_id = r.id))"
        " FROM layer_runs r WHERE layer_name = 'dm-response'",
    )
    assert found[0][0] > 0
    assert found[0][1] == 0


def test_every_run_fails_where_the_key_is_bad(sample: Path) -> None:
    night = of_day(sample, "status, errors", history.BAD_KEY_AGE, "layer_name LIKE 'nightly%'")
    assert {status for status, _ in night} == {"failed"}
    assert len(night) == 5
    assert all("Error code: 401" in str(errors) for _, errors in night)


def test_a_night_and_its_day_are_silent(sample: Path) -> None:
    assert of_day(sample, "id", history.SILENT_AGE) == []


def test_one_run_was_killed(sample: Path) -> None:
    open_rows = rows(
        sample,
        "SELECT id, layer_name, status, errors, started_at FROM layer_runs"
        " WHERE completed_at IS NULL",
    )
    [(run, layer, status, errors, started_at)] = open_rows
    assert (layer, status, errors) == ("nightly-user-reflection", "dry", "null")
    assert day(history.KILLED_AGE)[0] <= started_at <= day(history.KILLED_AGE)[1]
    for table in ("llm_calls", "insights"):
        [count] = values(sample, f"SELECT count(*) FROM {table} WHERE layer_run_id = ?", run)
        assert count == history.KILLED_DONE
    later = "layer_name = 'nightly-subject-reflection'"
    assert of_day(sample, "id", history.KILLED_AGE, later) == []
    again = "SELECT count(*) FROM layer_runs WHERE layer_name = ? AND started_at > ?"
    assert values(sample, again, layer, started_at) == [history.KILLED_AGE]


def test_a_reflection_found_nothing(sample: Path) -> None:
    what = "targets_matched = targets_processed, insights_created, model_name, status"
    emoji = of_day(sample, what, history.DRY_AGE, "layer_name = 'nightly-emoji-patterns'")
    assert emoji == [(1, 0, None, "dry")]


def test_one_row_was_made_by_hand(sample: Path) -> None:
    [row] = rows(sample, "SELECT errors, targets_matched FROM layer_runs WHERE id = 'dev_manual'")
    assert row == (None, 0)
    assert of_day(sample, "1", history.MANUAL_AGE, "id = 'dev_manual'") == [(1,)]


def test_a_layer_was_changed(sample: Path) -> None:
    found = rows(
        sample,
        "SELECT layer_hash, max(started_at) FROM layer_runs"
        " WHERE layer_name = 'nightly-channel-reflection' GROUP BY 1",
    )
    last = {layer_hash: str(started_at) for layer_hash, started_at in found}
    assert set(last) == {history.OLD_HASH, layers.CHANNELS.layer_hash}
    assert last[history.OLD_HASH] < day(history.NEW_HASH_AGE)[0]


def test_the_model_was_changed(sample: Path) -> None:
    found = rows(
        sample,
        "SELECT model_name, min(started_at) FROM layer_runs"
        " WHERE model_profile = 'reflection' AND model_name IS NOT NULL GROUP BY 1",
    )
    first = {model: str(started_at) for model, started_at in found}
    assert set(first) == {"claude-sonnet-4-5", "claude-sonnet-4-6"}
    assert first["claude-sonnet-4-6"] > day(history.NEW_MODEL_AGE)[0]


def test_the_cost_in_the_row_is_not_what_the_calls_cost(sample: Path) -> None:
    found = rows(
        sample,
        """
        SELECT layer_name, sum(estimated_cost_usd), sum((
          SELECT sum(estimated_cost_usd) FROM llm_calls c WHERE c.layer_run_id = r.id))
        FROM layer_runs r WHERE completed_at IS NOT NULL GROUP BY layer_name
        """,
    )
    costs = {layer: (row, calls) for layer, row, calls in found}
    # All tokens at the price of one model, and of a model without a name.
    assert costs["dm-response"][0] > 1.2 * costs["dm-response"][1]
    assert costs["weekly-meta-reflection"][0] < 0.1 * costs["weekly-meta-reflection"][1]
    # What failed targets cost is missing.
    assert costs["nightly-user-reflection"][0] < costs["nightly-user-reflection"][1]
    sums = "SELECT estimated_cost_usd, (SELECT sum(estimated_cost_usd) FROM llm_calls c"
    sums += " WHERE c.layer_run_id = r.id) FROM layer_runs r WHERE status = 'success'"
    for row, calls in rows(sample, f"{sums} AND layer_name LIKE 'nightly%'"):
        assert row == pytest.approx(calls)


def test_some_calls_belong_to_no_run(sample: Path) -> None:
    found = values(sample, "SELECT DISTINCT call_type FROM llm_calls WHERE layer_run_id IS NULL")
    assert set(found) == {"vision", "other"}


def test_latencies_are_milliseconds_between_calls(sample: Path) -> None:
    found = values(sample, "SELECT latency_ms FROM llm_calls WHERE success")
    assert sum(found) / len(found) == pytest.approx(11_000, rel=0.4)


def test_every_kind_of_error_was_met(sample: Path) -> None:
    texts = [
        error["error"]
        for errors in values(sample, "SELECT errors FROM layer_runs WHERE errors IS NOT NULL")
        for error in json.loads(errors) or ()
    ]
    for mishap in MISHAPS:
        beginning = mishap.text.split("<")[0][:40]
        assert any(text.startswith(beginning) and bool(text) == bool(mishap.text) for text in texts)
    assert max(map(len, texts)) >= TRACEBACK_LENGTH
    assert "" in texts
    long = max(texts, key=len)
    assert {"\n", "\t"} <= set(long)
    assert any("\x1b" in text for text in texts)
    assert any("\udcf0" in text for text in texts)


@pytest.mark.parametrize("hour", [0, 2, 4, 5, 6, 23])
def test_nothing_is_later_than_told(tmp_path: Path, hour: int) -> None:
    until = UNTIL.replace(hour=hour, minute=1)
    path = write(tmp_path / "zos.db", nights=3, until=until)
    limit = f"{until:%Y-%m-%d %H:%M}"
    for table, column in [("layer_runs", "completed_at"), ("llm_calls", "created_at")]:
        [latest] = values(path, f"SELECT max({column}) FROM {table}")
        assert latest < limit
    assert len(values(path, "SELECT DISTINCT date(started_at) FROM layer_runs")) >= 3


def test_no_nights_are_no_rows(tmp_path: Path) -> None:
    path = write(tmp_path / "zos.db", nights=0)
    assert values(path, "SELECT count(*) FROM layer_runs") == [0]
    assert len(values(path, "SELECT display_name FROM user_profiles")) == 24
