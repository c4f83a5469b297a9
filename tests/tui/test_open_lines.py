"""Open runs as lines, without a screen: bars, words, and what gives way to what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.tui.driving import NOW
from tests.tui.made_runs import made_progress, made_run
from zos_monitor.model.eta import Eta
from zos_monitor.model.present import OpenRun
from zos_monitor.model.progress import Progress
from zos_monitor.model.runs import RunSummary, Usage
from zos_monitor.model.states import RunState
from zos_monitor.tui.glyphs import ASCII, UNICODE, Glyphs
from zos_monitor.tui.open_text import bar, open_lines, strip_turns_at
from zos_monitor.tui.run_columns import Setting

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
SETTING = Setting(NOW, NOW.tzinfo, UNICODE)  # type: ignore[arg-type]
EVIL = "\x1b[31m[bold red]夜の反省\t\n$state-failed[/]\x07\u202e" + "層" * 30


def told(
    run: RunSummary, *, eta: Eta | None = None, setting: Setting = SETTING, width: int = 120
) -> str:
    (line,) = open_lines([OpenRun(run, eta)], setting, width, 6)
    return "".join(cell.text for cell in line)


def ending(first: timedelta, last: timedelta) -> Eta:
    return Eta(NOW + first, NOW + last)


@given(
    matched=st.integers(1, 400),
    part=st.floats(0, 1),
    width=st.integers(1, 40),
    glyphs=st.sampled_from([UNICODE, ASCII]),
)
@example(matched=10**12, part=1 - 1e-12, width=18, glyphs=UNICODE)
@example(matched=10**12, part=1e-12, width=18, glyphs=ASCII)
def test_a_bar_is_as_wide_as_asked_and_full_only_when_all_is_done(
    matched: int, part: float, width: int, glyphs: Glyphs
) -> None:
    done = int(part * matched)
    drawn = bar(made_run(progress=made_progress(matched, done)), glyphs, width)
    full, empty = glyphs.bar[0], glyphs.bar[-1]
    assert cell_len(drawn) == len(drawn) == width
    assert (drawn == full * width) == (done == matched)
    assert abs(drawn.count(full) - done / matched * width) <= 1
    assert set(drawn.lstrip(full).rstrip(empty)) <= set(glyphs.bar[1:-1])
    more = bar(made_run(progress=made_progress(matched, min(done + 1, matched))), glyphs, width)
    assert more.count(empty) <= drawn.count(empty)


@pytest.mark.parametrize(
    ("done", "unicode", "plain"),
    [
        (0, "░░░░░░░░░░", "----------"),
        (1, "▋░░░░░░░░░", "----------"),
        (4, "██▋░░░░░░░", "##--------"),
        (9, "██████░░░░", "######----"),
        (15, "██████████", "##########"),
    ],
)
def test_bars(done: int, unicode: str, plain: str) -> None:
    run = made_run(progress=made_progress(15, done))
    assert (bar(run, UNICODE, 10), bar(run, ASCII, 10)) == (unicode, plain)


@pytest.mark.parametrize("progress", [None, made_progress(None), made_progress(0)])
def test_a_bar_of_nobody_knows_what_is_blank(progress: Progress | None) -> None:
    assert bar(made_run(progress=progress), UNICODE, 10) == " " * 10


def test_a_line_tells_all_that_is_known() -> None:
    usage = Usage(calls=12, tokens_total=28_500, cost_usd=0.11)
    run = made_run(progress=made_progress(15, 9, errors=1), usage=usage)
    assert told(run, eta=ending(70 * SECOND, 70 * SECOND), width=122) == (
        " ▶ nightly-user-reflection     ██████████▊░░░░░░░   ~9/15"
        " · about 1m 10s left · 1 error · $0.11 · 12 calls · 28.5k tokens"
    )


@pytest.mark.parametrize(
    ("silence", "words"),
    [
        (MINUTE - SECOND, None),
        (MINUTE, "last activity 1m ago"),
        (4 * MINUTE + 59 * SECOND, "last activity 4m ago"),
    ],
)
def test_silence_is_told_from_a_minute_on(silence: timedelta, words: str | None) -> None:
    line = told(made_run(last=NOW - silence), eta=ending(MINUTE, 3 * MINUTE))
    assert "1m to 3m left" in line
    assert (f"left · {words} · 0 calls" in line) if words else ("activity" not in line)


def test_of_a_stalled_run_its_silence_is_told_and_no_end() -> None:
    run = made_run(RunState.STALLED, last=NOW - 20 * MINUTE, progress=made_progress(15, 9))
    line = told(run)
    assert line.startswith(" ! nightly-user-reflection")
    assert "~9/15 · stalled · last activity 20m ago · 0 calls" in line
    assert "left" not in line
    run = made_run(RunState.STALLED, last=None)
    assert "— · stalled · no activity known · 0 calls" in told(run)


@pytest.mark.parametrize(
    ("eta", "words"),
    [
        (None, "— left"),
        (ending(-MINUTE, -MINUTE), "any moment"),
        (ending(3 * SECOND, 40 * SECOND), "up to 40s left"),
        (ending(MINUTE, 2 * MINUTE), "1m to 2m left"),
    ],
)
def test_when_it_may_end(eta: Eta | None, words: str) -> None:
    assert f" · {words} · " in told(made_run(progress=made_progress(15)), eta=eta)


def test_what_is_not_known_is_not_made_up() -> None:
    assert "~3 · — left · 0 calls" in told(made_run(progress=made_progress(None, 3)))
    assert "— · — left · 0 calls" in told(made_run())


def test_running_runs_stand_first_and_the_rest_is_counted() -> None:
    states = [RunState.STALLED, RunState.RUNNING] * 3
    runs = [
        OpenRun(made_run(state, id=f"{n}", layer=f"layer-{n}"), None)
        for n, state in enumerate(states)
    ]

    def names(most: int) -> list[str]:
        lines = open_lines(runs, SETTING, 120, most)
        return ["".join(cell.text for cell in line).split("  ")[0].strip() for line in lines]

    order = ["▶ layer-1", "▶ layer-3", "▶ layer-5", "! layer-0", "! layer-2", "! layer-4"]
    assert names(6) == names(7) == order
    assert names(5) == [*order[:4], "and 2 more that are open"]
    assert names(1) == ["and 6 more that are open"]
    assert names(0) == []
    assert open_lines([], SETTING, 120, 6) == []


@pytest.mark.parametrize("name", ["a", EVIL, "", "層" * 40, "e\u0301" * 40], ids=range(5))
@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])
@pytest.mark.parametrize("width", [60, 80, 99, 100, 120, 300])
def test_no_line_is_wider_than_the_screen_and_none_breaks(
    width: int, glyphs: Glyphs, name: str
) -> None:
    usage = Usage(calls=12_345, tokens_total=9_876_543, cost_usd=1234.5)
    for matched, done in ((15, 9), (1234, 1200), (2**63 - 1, 0)):
        progress = made_progress(matched, done, errors=99)
        run = made_run(layer=name, progress=progress, usage=usage, last=NOW - 9 * MINUTE)
        setting = SETTING._replace(glyphs=glyphs)
        line = told(run, eta=ending(MINUTE, 99 * MINUTE), setting=setting, width=width)
        assert cell_len(line) <= width
        assert not any(ord(character) < 32 or character in "\x7f\u202e" for character in line)
        if width >= 80 and matched < 2**63 - 1:
            assert f"~{done}/{matched}" in line


@pytest.mark.parametrize(
    ("width", "words"),
    [
        (60, "~9/15"),
        (80, "~9/15 · 1m to 3m left · 2 errors"),
        (100, "~9/15 · 1m to 3m left · 2 errors · last activity 9m ago"),
        (120, "~9/15 · 1m to 3m left · 2 errors · last activity 9m ago · $0.50"),
    ],
)
def test_what_matters_less_is_left_out_first(width: int, words: str) -> None:
    progress = made_progress(15, 9, errors=2)
    run = made_run(progress=progress, last=NOW - 9 * MINUTE, usage=Usage(calls=9, cost_usd=0.5))
    assert told(run, eta=ending(MINUTE, 3 * MINUTE), width=width).endswith(words)


def test_lines_turn_by_themselves_while_an_end_is_in_sight() -> None:
    at = NOW.replace(second=57, microsecond=400_000)
    soon = ending(MINUTE, MINUTE)
    assert strip_turns_at([OpenRun(made_run(), soon)], at) == at.replace(
        minute=at.minute + 1, second=0, microsecond=0
    )
    assert strip_turns_at([OpenRun(made_run(), soon)], NOW) == NOW + 5 * SECOND
    assert strip_turns_at([OpenRun(made_run(), None)], NOW) is None
    assert strip_turns_at([OpenRun(made_run(RunState.STALLED), soon)], NOW) is None
