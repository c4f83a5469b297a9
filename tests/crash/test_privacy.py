"""What people and models wrote stays on the screen, in answers and in exports: nowhere else."""

from __future__ import annotations

import logging
import os
import re
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.api.asking import asking
from tests.commands.invoking import invoke
from tests.conftest import service_on
from tests.crash.injecting import SECRET, fail_later
from tests.crash.secrets import RUN, write_secrets
from tests.terminals import Terminal
from zos_monitor import reports
from zos_monitor.api.journal import Grumbler, journal
from zos_monitor.exporting import write_export
from zos_monitor.model.exports import ExportFormat
from zos_monitor.model.runs import RunDetail

NAMING = re.compile(rb"\x1b(?:[\]k_X^P])([^\x07\x1b]*)")
"""What terminals take for a title, a notification, a clipboard: anything but what is drawn."""

QUESTIONS = [
    *(["runs", "--include-errors"], ["show", RUN], ["latest", "nightly-user-reflection"]),
    *(["stats"], ["errors"], ["layers"], ["tonight"], ["check"], ["watch", RUN]),
    *(["export", "-"], ["export", "out.jsonl"], ["runs", "--filter", SECRET]),
]


@pytest.fixture
def secrets(path: Path) -> Path:
    write_secrets(path, datetime.now(UTC))
    return path


@contextmanager
def without_umask() -> Iterator[None]:
    before = os.umask(0)
    try:
        yield
    finally:
        os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("words", QUESTIONS, ids=" ".join)
def test_commands_say_nothing_of_it_beside_their_answer(
    secrets: Path, noted: Path, tmp_path: Path, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with without_umask():
        result = invoke("--db", secrets, *words)
    assert result.exit_code in (0, 1, 2)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert SECRET not in result.stderr
    made = {path.name for path in tmp_path.iterdir()} - {secrets.name}
    assert made == ({"out.jsonl"} if "out.jsonl" in words else set())
    if made:
        assert mode(tmp_path / "out.jsonl") == 0o600
        assert SECRET in (tmp_path / "out.jsonl").read_text()


async def test_what_is_left_of_an_export_that_is_killed_is_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"

    async def pages() -> AsyncIterator[tuple[RunDetail, ...]]:
        for _ in range(2):
            [draft] = tmp_path.iterdir()
            assert (draft.suffix, mode(draft)) == (".part", 0o600)
            yield ()

    with without_umask():
        async with aclosing(write_export(path, ExportFormat.CSV, pages())) as export:
            assert [written async for written in export] == [0, 0]
    assert mode(path) == 0o600


def test_a_terminal_is_told_nothing_of_it_but_what_it_draws(
    secrets: Path, noted: Path, tmp_path: Path
) -> None:
    words = ("--db", str(secrets), "--filter", SECRET)
    terminal = Terminal("reader", *words, folder=tmp_path, program=("-m", "tests.crash.injecting"))

    def shows(text: str) -> bool:
        return text in "\n".join(terminal.screen.lines)

    try:
        terminal.until(lambda: shows("causes") and shows("13 of 13"))
        for key, told in (
            *(("2", "of 1 done"), ("3", "prompt"), ("4", "Insights"), ("5", "Compare")),
            *(("6", "layer_hash"), ("e", "Failures by cause"), ("\x1b", "causes")),
            *(("L", "esc"), ("\x1b", "causes"), ("T", "esc"), ("\x1b", "causes"), ("?", "Keys")),
        ):
            terminal.type(key.encode())
            terminal.until(lambda told=told: shows(told) or told not in ("causes", "esc"))  # type: ignore[misc]
        terminal.type(b"x")
        assert terminal.end() == reports.SOFTWARE
    finally:
        terminal.close()
    assert SECRET.encode() in terminal.written, "it was on the screen"
    assert SECRET.encode() not in b"".join(NAMING.findall(terminal.written))
    _, _, after = terminal.written.rpartition(b"\x1b[?1049l")
    assert b"LookupError" in after
    assert SECRET.encode() not in after
    [report] = noted.iterdir()
    assert SECRET not in report.read_text()
    assert mode(report) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["noted", secrets.name]


ADDRESSES = ["/runs", "/runs/errors", "/runs/stats/summary", f"/runs/{RUN}", "/layers"]


async def test_a_server_says_nothing_of_it(
    secrets: Path,
    noted: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    service = service_on(secrets)
    with journal(access=True):
        async with asking(service) as client:
            for address in ADDRESSES:
                answer = await client.get(address, params={"filter": SECRET})
                assert answer.status_code in (200, 422)
            for question in ("run_slice", "newest", "run", "totals", "layer_names", "known_layers"):
                monkeypatch.setattr(service, question, fail_later)
            answers = [await client.get(address) for address in ADDRESSES]
    failed = [answer for answer in answers if answer.status_code == 500]
    assert len(failed) >= 3
    said = capsys.readouterr().err
    assert said.count(" has no answer: LookupError\n") == len(failed)
    assert SECRET not in said + "".join(answer.text for answer in failed)


def test_the_journal_of_requests_leaves_out_what_is_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with journal(access=True):
        told = ("127.0.0.1:9", "GET", f"/runs?filter=topic:{SECRET}&limit=3", "1.1", 200)
        logging.getLogger("uvicorn.access").info('%s - "%s %s HTTP/%s" %d', *told)
        try:
            raise ValueError(SECRET)
        except ValueError:
            logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    said = capsys.readouterr().err
    assert 'zos-monitor: 127.0.0.1:9 - "GET /runs?… HTTP/1.1" 200\n' in said
    assert "ValueError" in said
    assert SECRET not in said


def test_what_fails_again_and_again_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    def failure(kind: type[Exception]) -> Exception:
        try:
            raise kind(SECRET)
        except (LookupError, ValueError) as error:
            return error

    grumbler = Grumbler("The news can't be listened to")
    for kind in (LookupError, LookupError, LookupError, ValueError, LookupError):
        grumbler.tell(failure(kind))
    heads = [line for line in capsys.readouterr().err.splitlines() if line[0] != " "]
    assert [line.rpartition(" ")[2] for line in heads] == [
        "LookupError",
        "ValueError",
        "LookupError",
    ]
