from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zos_monitor.model.errors import RunError
from zos_monitor.model.exports import (
    COLUMNS,
    ExportFormat,
    causes,
    defused,
    format_of,
    head,
    lines,
)
from zos_monitor.model.runs import RunDetail, RunKey, Source, Usage
from zos_monitor.model.states import RunState

AT = datetime(2026, 11, 21, 3, 0, 4, 500_000, tzinfo=UTC)
RUN = RunDetail(
    key=RunKey("2026-11-21 03:00:04.500000", 7),
    id="01M2Z",
    layer_name="nightly-user-reflection",
    status="failed",
    state=RunState.FAILED,
    started_at=AT,
    completed_at=AT + timedelta(seconds=62, microseconds=250_000),
    targets_matched=11,
    targets_processed=0,
    targets_skipped=11,
    insights_created=-1,
    error_count=2,
    usage=Usage(
        calls=12,
        failed_calls=11,
        tokens_input=3000,
        tokens_total=3000,
        cost_usd=0.1 + 0.2,
        cost_source=Source.CALLS,
    ),
    stored_cost_usd=0.0,
    layer_hash="5f0c1ab2d94e7736",
    model_profile="reflection",
    model_provider=None,
    model_name="",
    tokens_input=1,
    tokens_output=1,
    tokens_total=2,
    errors=(
        RunError(message="Error code: 429 - rate limit", topic="user:1", node="reflect"),
        RunError(message="Error code: 429 - rate limit", topic="user:2", node="reflect"),
    ),
    insights_stored=None,
)
EXACT = "a\x1b[31m\x00\u202e\udcff,\"'|<b>\r\n=1 é 静"


def with_error(message: str) -> RunDetail:
    return replace(RUN, errors=(RunError(message=message),))


def written(fmt: ExportFormat, *runs: RunDetail) -> str:
    return head(fmt) + "".join(line for run in runs for line in lines(fmt, run))


def read_csv(*runs: RunDetail) -> list[dict[str, str]]:
    text = written(ExportFormat.CSV, *runs)
    assert text.startswith("\ufeffid,layer_name,")
    assert text.count("\r\n") == len(runs) + 1
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def record(run: RunDetail) -> dict[str, Any]:
    (line,) = lines(ExportFormat.JSON_LINES, run)
    assert line.endswith("\n")
    assert line[:-1].isascii()
    assert line[:-1].isprintable()
    loaded: dict[str, Any] = json.loads(line)
    return loaded


def markdown(run: RunDetail) -> list[str]:
    (line,) = lines(ExportFormat.MARKDOWN, run)
    assert re.fullmatch(r"\| .* \|\n", line)
    return line[2:-3].split(" | ")


def test_json_lines_tell_all_in_types() -> None:
    told = record(RUN)
    assert list(told) == [*COLUMNS, "errors"]
    assert told["started_at"] == "2026-11-21T03:00:04.500000Z"
    assert told["completed_at"] == "2026-11-21T03:01:06.750000Z"
    assert (told["duration_seconds"], told["insights_created"]) == (62.25, -1)
    assert (told["state"], told["status"]) == ("failed", "failed")
    assert (told["cost_usd"], told["cost_source"], told["estimated_cost_usd"]) == (0.3, "calls", 0)
    assert (told["tokens_output"], told["model_provider"], told["model_name"]) == (None, None, "")
    assert (told["error_count"], told["causes"]) == (2, ["429 rate limit"])
    assert told["errors"][1] == {
        "topic": "user:2",
        "error": "Error code: 429 - rate limit",
        "node": "reflect",
    }
    assert head(ExportFormat.JSON_LINES) == ""


@given(st.text(st.characters(exclude_categories=())))
def test_json_lines_keep_the_exact_text(text: str) -> None:
    assert record(with_error(text))["errors"][0]["error"] == text


def test_an_open_run_tells_its_early_errors_and_a_strange_start_as_it_stands() -> None:
    early = RunError(message="database is locked")
    run = replace(RUN, errors=(), early_errors=(early,), started_at=None, completed_at=None)
    told = record(replace(run, key=RunKey("yesterday", 7)))
    assert (told["error_count"], told["causes"]) == (1, ["database is locked"])
    assert (told["started_at"], told["completed_at"]) == ("yesterday", None)
    assert told["duration_seconds"] is None


def test_csv_tells_the_same() -> None:
    (row,) = read_csv(RUN)
    assert list(row) == [*COLUMNS, "errors"]
    assert row["insights_created"] == "-1"  # a number, and no formula
    assert row["model_provider"] == row["tokens_output"] == ""
    assert row["cost_usd"] == "0.3"
    assert row["causes"] == "429 rate limit"
    assert row["errors"] == (
        "reflect · user:1: Error code: 429 - rate limit"
        " | reflect · user:2: Error code: 429 - rate limit"
    )


def test_csv_survives_every_character() -> None:
    odd = replace(with_error(EXACT), layer_name=EXACT)
    first, second = read_csv(odd, RUN)
    shown = "a␛[31m␀⟨202E⟩\ufffd,\"'|<b> ⏎ =1 é 静"
    assert first["layer_name"] == first["errors"] == shown
    assert second["layer_name"] == RUN.layer_name


def test_a_csv_cell_is_never_cut_in_silence() -> None:
    long = RunError(message="x" * 50_000)
    (row,) = read_csv(replace(RUN, errors=(long,) * 60))
    assert len(row["errors"]) < 32_767  # what a spreadsheet takes
    assert f"{'x' * 1_000} … of 50,000 characters" in row["errors"]
    assert re.search(r"… and \d+ more, which JSON lines hold whole$", row["errors"])


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("plain", "plain"),
        ("a=1+2", "a=1+2"),
        ("=1+2", "'=1+2"),
        ("+1-2", "'+1-2"),
        ("-1+2", "'-1+2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("  =1", "'  =1"),
        ('"=1', "'\"=1"),
        ("'=1", "''=1"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\u00a0=1", "'\u00a0=1"),
        ("＝1", "'＝1"),
        ("＋1a", "'＋1a"),
        ("－A1", "'－A1"),
        ("＠A1", "'＠A1"),
        ("a; =1", "a;' =1"),
        ("-5", "-5"),
        ("+3.5", "+3.5"),
        ("-5e9A", "'-5e9A"),
        ("-٣", "'-٣"),
        ("", ""),
        ("— none", "— none"),
    ],
)
def test_formulas_are_defused(text: str, cell: str) -> None:
    assert defused(text) == cell


@given(st.text(st.sampled_from("=+-@＝ \t\r\n\"';,1aA\u200b\x1b\ufeff")))
def test_no_cell_of_a_csv_file_is_a_formula(text: str) -> None:
    (row,) = read_csv(replace(with_error(text), layer_name=text, id=text))
    for cell in (row["layer_name"], row["id"], row["errors"]):
        begin = cell.lstrip(" \"'\t\r\n")[:1]
        harmless = re.fullmatch(r"[+-]\d+", cell) or cell.startswith("'")
        assert begin not in ("=", "+", "-", "@", "＝") or harmless, cell


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("plain 429, rate-limit: 3.5 (x)", r"plain 429, rate-limit: 3.5 \(x\)"),
        ("a|b`c`<script>&amp;", r"a\|b\`c\`&lt;script&gt;&amp;amp;"),
        ("![x](javascript:1)", r"\!\[x\]\(javascript:1\)"),
        (r"*a* _b_ ~~c~~ # d \| $e$", r"\*a\* \_b\_ \~\~c\~\~ \# d \\\| \$e\$"),
        ("https://a.example www.b.example", "https&#58;//a.example www&#46;b.example"),
        ("mailto:x@y.example", "mailto&#58;x&#64;y.example"),
        ("one\n| two |\r\n", r"one ⏎ \| two \|"),
        ("\x1b[31m\u202e\u200b", r"␛\[31m⟨202E⟩⟨200B⟩"),
    ],
)
def test_markdown_cells_are_text_alone(text: str, cell: str) -> None:
    assert markdown(replace(RUN, layer_name=text))[1] == cell


def test_a_markdown_table_has_a_cell_for_each_column() -> None:
    header, rule, row = written(ExportFormat.MARKDOWN, RUN).splitlines()
    assert header.startswith(r"| id | layer\_name |")
    assert rule.count("---") == len(COLUMNS)
    assert len(row.strip("|").split("|")) == len(COLUMNS)
    assert row.endswith("| 2 | 429 rate limit |")


@pytest.mark.parametrize(
    ("name", "fmt"),
    [
        ("runs.csv", ExportFormat.CSV),
        ("/a/b.c/runs.JSONL", ExportFormat.JSON_LINES),
        ("x.md", ExportFormat.MARKDOWN),
        ("x.txt", None),
        ("csv", None),
    ],
)
def test_a_file_s_ending_asks_for_a_format(name: str, fmt: ExportFormat | None) -> None:
    assert format_of(name) is fmt


def test_causes_that_differ_in_case_only_are_told_once() -> None:
    errors = [RunError(message=text, topic=None, node=None) for text in ("Odd thing", "odd thing")]
    assert causes(errors) == ["Odd thing"]
