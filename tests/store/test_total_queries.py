"""Totals against an independent reckoning: plain SQL for the rows, plain Python for the sums."""

from __future__ import annotations

import math
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import NIGHTS, NOW, service_on, write_odd_runs
from tests.open_states import naive_open_state
from tests.store.plans import plans_of
from zos_monitor.demo.history import write_history
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.filters import RunFilter, parse_filter
from zos_monitor.model.states import RunState
from zos_monitor.model.stats import RunTotals

KNOWN = ("success", "partial", "failed", "dry")


def stored(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S.%f}"


WEEK, MONTH = (stored(NOW - timedelta(days=days)) for days in (7, 30))
CLOSED = "completed_at IS NOT NULL"
NAIVE = "CASE WHEN completed_at IS NULL THEN naive(id) END"
# A filter, a window, and the same in plain SQL over layer_runs.
CASES: list[tuple[str, str | None, str]] = [
    ("", None, "1"),
    ("", "24h", f"started_at >= '{stored(NOW - timedelta(days=1))}'"),
    ("", "7d", f"started_at >= '{WEEK}'"),
    ("", "30d", f"started_at >= '{MONTH}'"),
    ("since:all", "7d", "1"),
    ("since:3d", "30d", f"started_at >= '{stored(NOW - timedelta(days=3))}'"),
    ("until:7d", "30d", f"started_at < '{WEEK}'"),
    ("since:30d until:7d", None, f"started_at >= '{MONTH}' AND started_at < '{WEEK}'"),
    ("layer:nightly-*", "7d", f"started_at >= '{WEEK}' AND layer_name LIKE 'nightly-%'"),
    ("-layer:odd,dev_manual", None, "layer_name NOT IN ('odd', 'dev_manual')"),
    ("status:failed,partial", None, f"status IN ('failed', 'partial') AND {CLOSED}"),
    ("status:dry", None, f"status = 'dry' AND {CLOSED}"),
    ("status:running", None, f"{NAIVE} = 'running'"),
    ("status:stalled,interrupted", None, f"{NAIVE} IN ('stalled', 'interrupted')"),
    ("status:running,interrupted,stalled", None, "completed_at IS NULL"),
    ("-status:stalled", None, f"{NAIVE} IS NOT 'stalled'"),
    ("status:unknown", None, f"status NOT IN {KNOWN} AND {CLOSED}"),
    ('error:"rate limit"', "30d", f"started_at >= '{MONTH}' AND errors LIKE '%rate limit%'"),
    ("id:dev_manual", None, "id = 'dev_manual'"),
    ("layer:nothing", None, "0"),
]


@dataclass(frozen=True)
class Raw:
    """A database without any of the monitor's code."""

    database: Path

    def rows(self, sql: str) -> list[sqlite3.Row]:
        with closing(sqlite3.connect(self.database)) as connection:
            connection.row_factory = sqlite3.Row
            connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
            connection.create_function(
                "naive", 1, lambda run: naive_open_state(connection, run, NOW)
            )
            return connection.execute(sql).fetchall()

    def has_calls(self) -> bool:
        return bool(self.rows("SELECT 1 FROM sqlite_master WHERE name = 'llm_calls'"))

    def by_layer(self, where: str) -> dict[str, list[sqlite3.Row]]:
        layers = defaultdict(list)
        for row in self.rows(f"SELECT *, {NAIVE} AS naive FROM layer_runs WHERE {where}"):
            layers[row["layer_name"]].append(row)
        return layers

    def calls(self) -> dict[str, list[sqlite3.Row]]:
        runs = defaultdict(list)
        for row in self.rows("SELECT * FROM llm_calls") if self.has_calls() else []:
            runs[row["layer_run_id"]].append(row)
        return runs


def whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def numbers(values: Iterable[object]) -> list[float]:
    return [v for v in values if isinstance(v, int | float) and math.isfinite(v)]


def instant(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found and (found if found.tzinfo else found.replace(tzinfo=UTC))


def state(row: sqlite3.Row) -> RunState:
    if row["completed_at"] is None:
        return RunState(row["naive"])
    return RunState(row["status"]) if row["status"] in KNOWN else RunState.UNKNOWN


def cost(row: sqlite3.Row, calls: list[sqlite3.Row]) -> float | None:
    recorded = numbers(call["estimated_cost_usd"] for call in calls)
    recorded = recorded or numbers([row["estimated_cost_usd"]])
    return sum(recorded) if recorded else None


def tokens(row: sqlite3.Row, calls: list[sqlite3.Row]) -> int | None:
    recorded = [n for call in calls if isinstance(n := call["tokens_total"], int)]
    recorded = recorded or [n for n in [row["tokens_total"]] if isinstance(n, int)]
    return sum(recorded) if recorded else None


def check(found: RunTotals, rows: list[sqlite3.Row], calls: dict[str, list[sqlite3.Row]]) -> None:
    assert found.runs == len(rows)
    assert found.counts == Counter(map(state, rows))
    assert found.insights == sum(whole(row["insights_created"]) for row in rows)
    counted = [n for row in rows if (n := tokens(row, calls[row["id"]])) is not None]
    assert found.tokens == (sum(counted) if counted else None)
    costs = [cost(row, calls[row["id"]]) for row in rows]
    recorded = [one for one in costs if one is not None]
    assert found.cost_usd == (pytest.approx(sum(recorded)) if recorded else None)
    known = list(zip(rows, costs, strict=True))
    ended = [one for row, one in known if row["completed_at"] is not None]
    going_on = [one for row, one in known if row["completed_at"] is None and one is not None]
    assert found.uncosted == ended.count(None)
    assert found.open_cost_usd == pytest.approx(sum(going_on))
    stored = numbers(row["estimated_cost_usd"] for row in rows)
    assert found.stored_cost_usd == (pytest.approx(sum(stored)) if stored else None)
    starts = [instant(row["started_at"]) for row in rows]
    ends = [instant(row["completed_at"]) for row in rows]
    spans = [
        (end - start).total_seconds()
        for start, end in zip(starts, ends, strict=True)
        if start is not None and end is not None and end >= start
    ]
    assert found.timed == len(spans)
    average = found.average_duration
    assert (average.total_seconds() if average is not None else None) == (
        pytest.approx(sum(spans) / len(spans), abs=0.002) if spans else None
    )
    assert found.first_started == min(filter(None, starts), default=None)
    assert found.last_started == max(filter(None, starts), default=None)


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a history from before zos recorded its calls."""
    database = tmp_path_factory.mktemp("full") / "zos.db"
    with ZosWriter(database) as zos:
        write_history(zos, nights=NIGHTS, until=NOW)
        write_odd_runs(zos)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DROP TABLE llm_calls")
    return database


async def compare(database: Path, text: str, window: str | None, where: str) -> None:
    found = await service_on(database).totals(parse_filter(text), window=window)
    raw = Raw(database)
    expected, calls = raw.by_layer(where), raw.calls()
    assert [layer.layer_name for layer in found.by_layer] == sorted(expected)
    for layer in found.by_layer:
        check(layer, expected[layer.layer_name], calls)
    check(found.overall, [row for rows in expected.values() for row in rows], calls)


@pytest.mark.parametrize(("text", "window", "where"), CASES)
async def test_totals_equal_plain_sql(
    history: Path, text: str, window: str | None, where: str
) -> None:
    await compare(history, text, window, where)


@pytest.mark.parametrize(("text", "window", "where"), CASES)
async def test_totals_equal_plain_sql_where_no_calls_are_recorded(
    older: Path, text: str, window: str | None, where: str
) -> None:
    await compare(older, text, window, where)


async def test_the_cases_are_worth_their_while(history: Path) -> None:
    raw = Raw(history)
    found = await service_on(history).totals(RunFilter())
    assert set(found.overall.counts) == set(RunState)
    assert found.overall.uncosted >= 3
    assert found.overall.timed < found.overall.runs
    rows = raw.rows("SELECT estimated_cost_usd FROM layer_runs")
    row_cost = sum(numbers(row[0] for row in rows))
    assert found.overall.cost_usd is not None
    assert abs(found.overall.cost_usd - row_cost) > 0.5
    for text, _, where in CASES:
        assert bool(raw.by_layer(where)) is (where != "0"), text


async def test_the_bounds_are_told(history: Path) -> None:
    service = service_on(history)
    assert (await service.totals(RunFilter())).since is None
    week = await service.totals(RunFilter(), window="7d")
    assert (week.since, week.until) == (NOW - timedelta(days=7), None)
    named = await service.totals(parse_filter("since:2d until:1d"), window="7d")
    assert (named.since, named.until) == (NOW - timedelta(days=2), NOW - timedelta(days=1))


async def test_a_database_without_runs_has_empty_totals(zos: ZosWriter, path: Path) -> None:
    found = await service_on(path).totals(RunFilter())
    assert (found.overall, found.by_layer) == (RunTotals(), ())


async def test_an_open_run_is_running_and_has_the_cost_of_its_calls(
    zos: ZosWriter, path: Path
) -> None:
    run = zos.start_run("nightly", started_at=NOW, targets_matched=3)
    before = (await service_on(path).totals(RunFilter())).overall
    assert (before.counts, before.cost_usd, before.uncosted) == ({RunState.RUNNING: 1}, None, 0)
    zos.call(run, "self:zos", created_at=NOW, cost=0.25)
    after = (await service_on(path).totals(RunFilter())).overall
    assert (after.counts, after.cost_usd, after.uncosted) == ({RunState.RUNNING: 1}, 0.25, 0)
    assert (after.tokens, after.timed, after.last_started) == (3200, 0, NOW)


async def test_one_odd_row_spoils_no_total(zos: ZosWriter, path: Path) -> None:
    zos.raw_run(started_at=NOW, tokens_total=100, insights_created=2, estimated_cost_usd=0.5)
    odd: dict[str, object] = {
        "tokens_total": 1.5,
        "insights_created": "2 or 3",
        "estimated_cost_usd": float("inf"),
        "started_at": "whenever",
    }
    zos.raw_run(**odd)
    found = (await service_on(path).totals(RunFilter())).overall
    assert (found.runs, found.tokens, found.insights) == (2, 100, 2)
    assert (found.cost_usd, found.uncosted, found.last_started) == (0.5, 1, NOW)


# The cost is that of a run's own calls, whenever these were made.
@pytest.mark.parametrize("window", ["24h", "7d", None])
async def test_calls_count_wherever_they_lie_in_time(
    zos: ZosWriter, path: Path, window: str | None
) -> None:
    ago = {"today": 5, "edge": 24, "yesterday": 30, "old": 24 * 9}
    for name, hours in ago.items():
        zos.raw_run(id=name, started_at=NOW - timedelta(hours=hours), layer_name=name)
        for away in (-400, -30, -1, 0, 1, 30, 400):
            at = NOW - timedelta(hours=hours + away)
            zos.call(name, None, created_at=at, cost=1.0, tokens_in=10, tokens_out=0)
        for odd in (0, 2026, "whenever", b"\xff", "2026-11-21T12:00:00+01:00"):
            call = zos.call(name, None, created_at=NOW, cost=1.0, tokens_in=10, tokens_out=0)
            zos.update("llm_calls", call, created_at=odd)
    zos.call(None, None, created_at=NOW, cost=99.0)
    found = await service_on(path).totals(RunFilter(), window=window)
    expected = [
        name for name, hours in ago.items() if hours <= {"24h": 24, "7d": 168, None: 999}[window]
    ]
    assert [layer.layer_name for layer in found.by_layer] == sorted(expected)
    assert {(layer.cost_usd, layer.tokens) for layer in found.by_layer} == {(12.0, 120)}


WHOLE = ("SCAN r", "SCAN layer_runs", "SCAN c", "SCAN llm_calls")
BY_LAYER = "SEARCH r USING COVERING INDEX ix_layer_runs_name_started (layer_name=? AND started_at"


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("", BY_LAYER),
        ("layer:nightly-*", BY_LAYER),
        ("-layer:nightly-*", BY_LAYER),
        ("since:2d until:1d", BY_LAYER),
        ("layer:nightly-* since:2d", BY_LAYER),
        ("status:failed since:2d", "SEARCH r USING INDEX ix_layer_runs_status (status=?"),
        ("status:running", BY_LAYER.replace("COVERING ", "")),
        ("error:limit", BY_LAYER.replace("COVERING ", "")),
        ("Ada", BY_LAYER.replace("COVERING ", "")),
    ],
)
async def test_an_index_leads_to_the_runs_of_a_window(
    history: Path, monkeypatch: pytest.MonkeyPatch, text: str, step: str
) -> None:
    plans = plans_of(monkeypatch)
    await service_on(history).totals(parse_filter(text), window="7d")
    [plan, *_] = [plan for plan in plans if any("SEARCH c " in step for step in plan)]
    assert any(found.startswith(step) for found in plan), plan
    assert any(found.startswith("SEARCH c USING INDEX ix_llm_calls_layer_run") for found in plan)
    assert "SEARCH r USING INTEGER PRIMARY KEY (rowid=?)" in plan
    assert not [found for found in plan if found.startswith(WHOLE) and "USING" not in found]
    sorts = [found for found in plan if found.startswith("USE TEMP B-TREE")]
    assert sorts == ["USE TEMP B-TREE FOR GROUP BY"]  # of the sums, by layer and status
