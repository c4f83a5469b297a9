"""``show`` and ``latest``: one run by its name."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.commands.invoking import as_csv, as_json, complaint, invoke, printed
from tests.conftest import NOW, error, service_on
from zos_monitor.answers import one_run as answers
from zos_monitor.answers.encoding import plain
from zos_monitor.demo.writer import ZosWriter


def newest(history: Path, *options: object) -> str:
    [run] = as_json("--db", history, "runs", "--limit", 1, *options)["runs"]
    return str(run["id"])


def expected(history: Path, run_id: str) -> object:
    async def asked() -> object:
        service = service_on(history)
        try:
            return await answers.run(service, run_id)
        finally:
            await service.closed()

    return plain(asyncio.run(asked()))


def test_json_is_the_answer(at_that_time: Path) -> None:
    for name in ("text", "surrogate", "year-two", "open-now"):
        assert as_json("--db", at_that_time, "show", name) == expected(at_that_time, name)


def test_a_run_is_found_by_the_beginning_of_its_id(at_that_time: Path) -> None:
    run_id = newest(at_that_time, "--layer", "nightly-user-reflection")
    for beginning in (run_id, run_id[:-1], run_id[:-2].lower()):
        assert as_json("--db", at_that_time, "show", beginning)["id"] == run_id


def test_a_whole_id_is_no_beginning(zos: ZosWriter, path: Path) -> None:
    for name in ("one", "one-more", "ONE"):
        zos.raw_run(id=name)
    for name in ("one", "ONE", "one-m"):
        assert as_json("--db", path, "show", name)["id"].startswith(name)


def test_latest_is_the_newest_run(at_that_time: Path) -> None:
    assert as_json("--db", at_that_time, "show", "latest")["id"] == newest(at_that_time)
    once = as_json("--db", at_that_time, "show", "latest:dm-response")
    assert once["id"] == newest(at_that_time, "--layer", "dm-response")
    assert as_json("--db", at_that_time, "latest", "dm-response") == once


def test_with_a_filter_it_is_the_newest_that_matches(at_that_time: Path) -> None:
    chosen = ("--filter", "status:dry")
    dry = newest(at_that_time, "--layer", "dm-response", *chosen)
    assert dry != newest(at_that_time, "--layer", "dm-response")
    for words in (["show", "latest:dm-response"], ["latest", "dm-response"]):
        assert as_json("--db", at_that_time, *words, *chosen)["id"] == dry
    assert as_json("--db", at_that_time, "show", "latest", *chosen)["state"] == "dry"


def test_the_latest_of_a_layer_is_its_own_where_ids_are_no_text(zos: ZosWriter, path: Path) -> None:
    for hours, (layer, run_id) in enumerate((("other", b"\xfe"), ("wanted", b"\xff")), 1):
        zos.raw_run(id=run_id, layer_name=layer, started_at=NOW - timedelta(hours=hours))
    for words in (["show", "latest:wanted"], ["latest", "wanted"]):
        assert as_json("--db", path, *words)["layer_name"] == "wanted"


UNKNOWN = [
    (["show", "nope"], "There is no run 'nope'."),
    (["show", "x" * 5000], "There is no run 'xxx"),
    (["show", "same-"], "same-6, same-5, same-4 and others"),
    (["show", "latest:nobody"], "There is no layer 'nobody'"),
    (["show", "latest:"], "There is no layer ''"),
    (["show", " "], "id is missing"),
    (["show", "%"], "There is no run '%'."),
    (["show", "\udcff"], "There is no run"),
    (["latest", "nightly-user-reflexion"], "did you mean nightly-user-reflection?"),
    (["latest", "nightly-*"], "There is no layer 'nightly-*'"),
    (["latest", "DM-RESPONSE"], "There is no layer"),
    (["show", "latest", "--filter", "layer:nobody"], "no run that matches"),
    (["show", "latest:dm-response", "--filter", "layer:once"], "has no run that matches"),
]


@pytest.mark.parametrize(("words", "said"), UNKNOWN)
def test_what_is_not_there_is_one_sentence(at_that_time: Path, words: list[str], said: str) -> None:
    assert said in complaint(invoke("--db", at_that_time, *words), status=1)


def test_a_layer_that_never_ran_has_no_run(tmp_path: Path) -> None:
    folder = tmp_path / "layers"
    folder.mkdir()
    (folder / "new.yaml").write_text("name: new-layer\nschedule: '0 3 * * *'\nnodes: []\n")
    (tmp_path / "config.yaml").write_text("data_dir: .")
    ZosWriter(tmp_path / "zos.db").close()
    result = invoke("--zos-dir", tmp_path, "latest", "new-layer", "--json")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "null\n", "")
    result = invoke("--zos-dir", tmp_path, "latest", "new-layer")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "new-layer has no run.\n"
    assert as_csv("--zos-dir", tmp_path, "latest", "new-layer") == []


def test_a_record_holds_all_of_it(at_that_time: Path) -> None:
    [record] = as_csv("--db", at_that_time, "show", "text")
    told = as_json("--db", at_that_time, "show", "text")
    assert [*record] == [*told]
    assert record["calls"].startswith('{"total": 3, "failed": 1')


def page(history: Path, *words: object) -> dict[str, str]:
    lines = printed("--db", history, "show", *words).splitlines()
    return {label: told for label, _, told in (line.partition("  ") for line in lines) if told}


def test_the_page_tells_the_facts(at_that_time: Path) -> None:
    facts = {label: told.strip() for label, told in page(at_that_time, "text").items()}
    assert facts["Run"] == "text"
    assert facts["Started"] == "2026-11-19 12:00:00 UTC  (2d ago)"
    assert facts["Insights"] == "1 answer, 3 stored"
    assert facts["Calls"] == "3, 1 failed"
    assert facts["Cost"] == "$0.25  (its row says $0.01)"
    uncosted = {label: told.strip() for label, told in page(at_that_time, "endless").items()}
    assert uncosted["Cost"] == "not recorded"
    odd = {label: told.strip() for label, told in page(at_that_time, "paused").items()}
    assert odd["State"] == "unknown  (stored as paused)"


def test_the_page_of_an_open_run_tells_how_far_it_is(
    zos: ZosWriter, path: Path, at_that_time: Path
) -> None:
    at = NOW - timedelta(minutes=2)
    zos.raw_run(
        id="open", started_at=at, completed_at=None, targets_matched=4, status="dry", errors=None
    )
    for n in range(2):
        zos.call("open", f"server:1:user:{n}", created_at=at + timedelta(seconds=20 * n))
        zos.insight("open", f"server:1:user:{n}", created_at=at + timedelta(seconds=20 * n))
    late = at + timedelta(seconds=60)
    zos.call(
        "open", "server:1:user:9", created_at=late, success=False, error="no answer", cost=None
    )
    lines = printed("--db", path, "show", "open").splitlines()
    assert any(
        line.startswith("State") and "running" in line and "stored as dry" in line for line in lines
    )
    assert any(line.startswith("Activity") and "(1m ago)" in line for line in lines)
    assert any(line.startswith("Completed") and line.endswith("not yet") for line in lines)
    assert any(
        line.startswith("Targets")
        and "3 of 4 done, 75%  (2 with insight, 1 failed; estimated)" in line
        for line in lines
    )
    assert "1 error so far, from its failed calls" in lines


def test_errors_stand_by_their_cause(zos: ZosWriter, path: Path) -> None:
    trace = (
        'Traceback (most recent call last):\n  File "x.py", line 3, in store\nValueError: too many'
    )
    errors = [
        error("429: rate limit", "server:1:user:5"),
        error("429: rate limit", "server:1:user:5"),
    ]
    errors += [error("429: rate limit", f"topic-{n}") for n in range(9)] + [error(trace, node=None)]
    zos.raw_run(id="bad", errors=json_of(errors))
    lines = printed("--db", path, "show", "bad").splitlines()
    at = lines.index("12 errors")
    first, topics, *rest = lines[at + 1 :]
    assert first.split() == ["11", "429", "rate", "limit", "in", "reflect"]
    assert (
        topics.strip()
        == "server:1:user:5 (2 times), topic-0, topic-1, topic-2, topic-3, topic-4 and 4 more"
    )
    assert rest[0].strip() == "429: rate limit"
    assert rest[1].split() == ["1", "too", "many"]
    assert [line.strip() for line in rest[2:]] == ["no topic", "ValueError: too many"]
    assert not any("Traceback" in line for line in lines)


def json_of(errors: list[dict[str, object]]) -> str:
    return json.dumps(errors)


def test_long_names_and_escapes_stay_on_their_line(zos: ZosWriter, path: Path) -> None:
    name = "l\x1b[2Jx\n" + "y" * 500
    zos.raw_run(
        id="odd\tid",
        layer_name=name,
        model_name="m\x07",
        errors=json_of([error("\x1b[31m", "t\n\x1b")]),
    )
    text = printed("--db", path, "show", "odd")
    assert "\x1b" not in text
    assert "\x07" not in text
    assert [line for line in text.splitlines() if line.startswith("Layer")] == [
        f"Layer      l␛[2Jx ⏎ {'y' * 500}"
    ]
