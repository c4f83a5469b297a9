"""The log and the crash reports: what they tell, to whom, how much, and that they never fail."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.injecting import SECRET
from zos_monitor import reports
from zos_monitor.model.faults import FaultKind
from zos_monitor.reports import began, crashes, log, places

DOING = "looking for changes"


@pytest.fixture(autouse=True)
def not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the program be the one that began, whatever is done to its files meanwhile."""
    monkeypatch.setattr(began, "replaced", lambda: False)


@pytest.fixture
def time_of_log(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    now = [0.0]
    monkeypatch.setattr("zos_monitor.reports.log.time.monotonic", lambda: now[0])
    yield now
    log._known.clear()


def read(number: int) -> None:
    text = f"{SECRET} {number}"
    try:
        int(text)
    except ValueError as fault:
        raise KeyError(text) from fault


def caught(depth: int = 0) -> Exception:
    try:
        read(depth)
    except KeyError as fault:
        return fault
    raise AssertionError


def grouped() -> Exception:
    try:
        raise ExceptionGroup(SECRET, [caught(), OSError(28, SECRET, SECRET)])
    except ExceptionGroup as fault:
        return fault


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_failure_is_told_in_a_sentence_and_noted(noted: Path) -> None:
    fault = reports.unforeseen(caught(), DOING)
    assert fault.kind is FaultKind.UNFORESEEN
    line = read.__code__.co_firstlineno + 5
    told = f"a fault of zos-monitor's own (KeyError in {__name__}, line {line})"
    path = noted / log.NAME
    assert fault.message == f"{DOING} failed by {told}; noted in {path}"
    [head, *rest] = path.read_text().splitlines()
    assert head.endswith(f"[{os.getpid()}] {DOING} failed")
    assert [line.strip() for line in rest if ":" not in line] == [
        "KeyError",
        "caused by",
        "ValueError",
    ]
    assert f"{__name__}:{line} in read" in path.read_text()


def test_only_its_owner_reads_it_whatever_the_umask(noted: Path) -> None:
    before = os.umask(0)
    try:
        reports.unforeseen(caught(), DOING)
        report = reports.crash_report(caught())
    finally:
        os.umask(before)
    assert report is not None
    assert [mode(path) for path in (noted, noted / log.NAME, report)] == [0o700, 0o600, 0o600]


def test_the_same_again_is_only_counted(noted: Path, time_of_log: list[float]) -> None:
    told = {reports.unforeseen(caught(), DOING).message for _ in range(5_000)}
    path = noted / log.NAME
    assert len(told) == 1
    assert path.read_text().count(DOING) == 1
    reports.unforeseen(caught(), "something else")
    time_of_log[0] += log.AGAIN_SECONDS
    reports.unforeseen(caught(), DOING)
    heads = [line for line in path.read_text().splitlines() if line[0] != " "]
    assert [line.partition("] ")[2] for line in heads] == [
        f"{DOING} failed",
        "something else failed",
        f"{DOING} failed (4,999 times more before this)",
    ]


def test_weeks_of_failures_fill_no_disk(noted: Path, time_of_log: list[float]) -> None:
    for number in range(1_200):
        time_of_log[0] += log.AGAIN_SECONDS
        reports.unforeseen(grouped(), f"{DOING} {number}")
    files = sorted(noted.iterdir())
    assert [path.name for path in files] == [log.NAME, f"{log.NAME}.1"]
    assert all(path.stat().st_size < log.MOST_BYTES + 8_000 for path in files)
    assert len(log._known) <= 64


def test_a_report_tells_types_and_places_and_no_more(noted: Path) -> None:
    error = grouped()
    path = reports.crash_report(error)
    assert path is not None
    assert reports.crash_report(error) == path, "one exception, one report"
    text = path.read_text()
    assert [path] == list(noted.iterdir())
    for word in ("ExceptionGroup", "KeyError", "ValueError", "OSError, ENOSPC", "Textual 8"):
        assert word in text
    assert f"{__name__}:" in text
    assert "in grouped" in text
    assert SECRET not in text
    assert str(Path.home()) not in text


def test_the_newest_reports_are_kept_and_other_files(noted: Path) -> None:
    noted.mkdir()
    old = [f"crash-20200101T0000{n:02}Z-{n}.txt" for n in range(crashes.KEPT + 3)]
    for name in [*old, "crash-notes.txt", log.NAME]:
        (noted / name).write_text("")
    path = reports.crash_report(caught())
    assert path is not None
    kept = {path.name, *old[-crashes.KEPT + 1 :], "crash-notes.txt", log.NAME}
    assert {one.name for one in noted.iterdir()} == kept


def deep(number: int) -> None:
    deep(number - 1) if number else read(number)


def test_endless_recursion_is_told_by_its_ends(noted: Path) -> None:
    try:
        deep(10**9)
    except RecursionError as fault:
        path = reports.crash_report(fault)
    assert path is not None
    text = path.read_text()
    assert text.count(" in deep\n") < 60
    assert "  …\n" in text


def test_exceptions_in_a_circle_are_told_once(noted: Path) -> None:
    first, second = caught(1), caught(2)
    first.__cause__, second.__cause__ = second, first
    path = reports.crash_report(ExceptionGroup("", [first, second]))
    assert path is not None
    assert path.read_text().count("KeyError") == 2


@pytest.mark.parametrize("place", ["file", "relative", "full", "no library"])
def test_where_nothing_can_be_written_the_sentence_says_so(
    noted: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if place == "file":
        noted.write_text("")
    elif place == "relative":
        monkeypatch.setenv(places.ENVIRONMENT, "~/nowhere")
    elif place == "full":

        def full(*_: object) -> int:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("zos_monitor.reports.places.os.write", full)
    else:
        monkeypatch.delenv(places.ENVIRONMENT)
        monkeypatch.setitem(sys.modules, "platformdirs", None)
    sentences = [reports.unforeseen(caught(), DOING).message for _ in range(3)]
    assert all("it could not be noted in a file" in sentence for sentence in sentences)
    assert reports.crash_report(caught()) is None
    assert "no report of it could be written" in reports.last_words(caught())
    assert not noted.is_dir() or [path.name for path in noted.iterdir()] in ([], [log.NAME])
    assert not Path("~").exists()


def test_what_could_not_be_noted_is_noted_later(noted: Path, time_of_log: list[float]) -> None:
    noted.write_text("")
    for _ in range(4):
        reports.unforeseen(caught(), DOING)
    noted.unlink()
    time_of_log[0] += log.UNWRITABLE_SECONDS
    assert str(noted) in reports.unforeseen(caught(), DOING).message
    assert "(4 times more before this)" in (noted / log.NAME).read_text()


def test_a_link_in_its_place_is_not_followed(noted: Path, tmp_path: Path) -> None:
    noted.mkdir()
    (noted / log.NAME).symlink_to(tmp_path / "elsewhere")
    assert "could not be noted" in reports.unforeseen(caught(), DOING).message
    assert not (tmp_path / "elsewhere").exists()


def test_the_usual_place_is_in_the_users_home(
    noted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(places.ENVIRONMENT)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    told = reports.unforeseen(caught(), DOING).message
    assert " noted in ~/" in told
    [path] = tmp_path.rglob(log.NAME)
    assert told.endswith(str(path.relative_to(tmp_path)))
    assert mode(path.parent) == 0o700


def test_who_runs_another_version_by_now_is_told(
    noted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = ImportError(SECRET)
    assert "install it again" in reports.unforeseen(broken, DOING).message
    monkeypatch.setattr(began, "replaced", lambda: True)
    for told in (reports.unforeseen(caught(), DOING).message, reports.last_words(caught())):
        assert "leave it and open it again" in told


def test_a_version_that_lacks_its_own_parts_still_says_so(
    noted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ("log", "crashes", "telling"):
        monkeypatch.setitem(sys.modules, f"zos_monitor.reports.{part}", None)
    told = "by a fault of zos-monitor's own (KeyError); "
    sentence = reports.unforeseen(caught(), DOING).message
    assert sentence == f"{DOING} failed {told}it could not be noted in a file"
    assert (
        reports.last_words(caught())
        == f"ended {told}start it again; no report of it could be written"
    )
    assert not noted.exists()


def test_a_file_that_is_another_one_by_now_is_noticed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.undo()
    part = sys.modules["zos_monitor.reports.began"]
    newest = max(
        os.stat(module.__file__).st_ctime
        for name, module in sys.modules.items()
        if name.startswith("zos_monitor") and module.__file__ is not None
    )
    monkeypatch.setattr(began, "AT", newest + 1)
    assert not began.replaced()
    other = tmp_path / "began.py"
    other.write_text("")
    os.utime(other, (0, 0))  # as an installer sets it
    monkeypatch.setattr(began, "AT", min(newest + 1, other.stat().st_ctime - 1))
    monkeypatch.setattr(part, "__file__", str(other))
    assert began.replaced()
    monkeypatch.setattr(part, "__file__", str(tmp_path / "gone.py"))
    assert began.replaced()
