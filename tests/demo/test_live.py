from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest

from tests.demo.rows import rows, values
from tests.demo.waiting import PATIENCE, wait_for
from zos_monitor.demo import live
from zos_monitor.demo.steps import Begin, Step
from zos_monitor.demo.tonight import plan_nights
from zos_monitor.demo.writer import ZosWriter
from zos_monitor.model.times import parse_stored, utc_now

RUNS = "SELECT count(*) FROM layer_runs"
PLAYER = [sys.executable, "-W", "error", "-m", "zos_monitor.demo.live"]
# A parent that starts a player, tells its id, and waits to be killed.
PARENT = """
import subprocess, sys, time
print(subprocess.Popen(sys.argv[1:]).pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "zos.db"
    ZosWriter(path).close()
    return path


@pytest.fixture
def player(database: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [*PLAYER, str(database), "--speed", "4", "--truth", str(database) + ".truth"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        yield process
        process.kill()


def test_a_night_leaves_what_was_planned(database: Path) -> None:
    steps = list(plan_nights(seed=5, nights=1))
    began = utc_now()
    live.play(database, steps, speed=20_000)
    begins = [step for step in steps if isinstance(step, Begin)]
    assert values(database, RUNS) == [len(begins)]
    assert values(database, f"{RUNS} WHERE completed_at IS NULL") == [0]
    [first] = values(database, "SELECT min(started_at) FROM layer_runs")
    instant = parse_stored(first)
    assert instant is not None
    assert began <= instant <= began + timedelta(seconds=5)
    assert values(database, "SELECT count(*) > 5 FROM messages") == [1]


def test_the_truth_is_what_the_database_shows(database: Path) -> None:
    """In reflections, a target is done with its insight or with its failure."""
    seen = []

    def compare(step: Step, run_id: str | None, instant: datetime) -> None:
        if step.truth is None or not step.truth.layer.startswith("nightly"):
            return
        sql = "SELECT count(DISTINCT topic_key) FROM {} WHERE layer_run_id = ?"
        [insights] = values(database, sql.format("insights"), run_id)
        [called] = values(database, sql.format("llm_calls"), run_id)
        assert insights == step.truth.done - step.truth.failed
        assert called <= step.truth.done + 1
        seen.append(step.truth)

    live.play(database, plan_nights(seed=5, nights=1), speed=20_000, written=compare)
    assert sum(truth.finished for truth in seen) == 5
    assert sum(truth.failed for truth in seen) > 0


def test_it_waits_for_a_locked_database(database: Path) -> None:
    asked = 0
    with closing(sqlite3.connect(database)) as other:
        other.execute("BEGIN IMMEDIATE")

        def release_in_time() -> bool:
            nonlocal asked
            asked += 1
            if asked == 4:
                other.rollback()
            return True

        steps = islice(plan_nights(seed=5), 3)
        live.play(database, steps, speed=1000, go_on=release_in_time)
    assert asked > 4
    assert values(database, RUNS) == [1]


def test_another_fault_is_not_waited_for(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        live.play(tmp_path / "nowhere" / "zos.db", [])


def test_it_stops_when_told_and_leaves_runs_open(database: Path) -> None:
    answers = iter([True] * 12)
    live.play(database, plan_nights(seed=5), speed=20_000, go_on=lambda: next(answers, False))
    assert values(database, f"{RUNS} WHERE completed_at IS NULL")[0] > 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_player_writes_from_its_own_process_until_a_signal(
    database: Path, player: subprocess.Popen[bytes], number: signal.Signals
) -> None:
    wait_for(lambda: values(database, "SELECT count(*) >= 3 FROM insights") == [1])
    assert player.poll() is None
    player.send_signal(number)
    _, complaints = player.communicate(timeout=PATIENCE)
    assert (player.returncode, complaints) == (0, b"")
    assert sorted(path.name for path in database.parent.iterdir()) == ["zos.db", "zos.db.truth"]
    told = [json.loads(line) for line in Path(str(database) + ".truth").read_text().splitlines()]
    runs = {run for run, *_ in rows(database, "SELECT id FROM layer_runs")}
    assert {line["run_id"] for line in told} == runs
    assert all(0 <= line["done"] <= line["matched"] for line in told)


def test_a_player_ends_by_itself_after_its_nights(database: Path) -> None:
    command = [*PLAYER, str(database), "--speed", "20000", "--nights", "2", "--seed", "5"]
    done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    user_runs = f"{RUNS} WHERE layer_name = 'nightly-user-reflection' AND completed_at NOT NULL"
    assert values(database, user_runs) == [2]


def test_a_player_does_not_outlive_its_parent(database: Path) -> None:
    command = [sys.executable, "-c", PARENT, *PLAYER, str(database)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        player = int(parent.stdout.readline())
        try:
            wait_for(lambda: values(database, RUNS)[0] > 0)
            parent.kill()
            # The player has the same output: it is at its end when both are gone.
            parent.communicate(timeout=PATIENCE)
        except BaseException:
            os.kill(player, signal.SIGKILL)
            raise
    assert not database.with_name("zos.db-wal").exists()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nowhere.db"], "no such database"),
        (["--speed", "0", __file__], "the speed must be above 0"),
        (["--nights", "many", __file__], "invalid"),
    ],
)
def test_bad_arguments_are_refused(
    capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str
) -> None:
    with pytest.raises(SystemExit, match="2"):
        live.main(arguments)
    assert complaint in capsys.readouterr().err
