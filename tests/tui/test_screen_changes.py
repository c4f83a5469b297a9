"""What the memory sends: nothing twice, nothing that is not understood, and no more than needed."""

from __future__ import annotations

import pytest

from tests.screens import TerminalScreen, differences
from zos_monitor.tui.screen_memory import ScreenMemory

WIDTH, HEIGHT = 30, 4
HOME = "\x1b[1;1H"


def filled(line: str = "nightly-user   ✓ success  $0.02", style: str = "31") -> str:
    """Make a frame that fills the screen."""
    rows = [f"\x1b[{n};1H\x1b[{style}m{line[:WIDTH]:<{WIDTH}}\x1b[0m" for n in range(1, HEIGHT + 1)]
    return "".join(rows) + HOME


def in_line(text: str, row: int = 2, column: int = 1, style: str = "31") -> str:
    return f"\x1b[{row};{column}H\x1b[{style}m{text}\x1b[0m{HOME}"


@pytest.fixture
def memory() -> ScreenMemory:
    memory = ScreenMemory(WIDTH, HEIGHT)
    assert sent(memory, filled()) != ""
    return memory


def sent(memory: ScreenMemory, *frames: str) -> str:
    for frame in frames:
        assert memory.take(frame)
    return memory.changes()


def test_a_frame_without_a_difference_sends_nothing(memory: ScreenMemory) -> None:
    assert sent(memory, filled()) == ""
    assert sent(memory, in_line("nightly")) == ""
    assert sent(memory, HOME) == ""


def test_what_changes_back_before_it_is_sent_sends_nothing(memory: ScreenMemory) -> None:
    assert sent(memory, filled("another"), filled()) == ""


def test_one_cell_is_sent_as_one_cell(memory: ScreenMemory) -> None:
    assert sent(memory, in_line("Nightly")) == "\r\n\x1b[31mN\x1b[m\x1b[H"


def test_only_the_cursor_may_move(memory: ScreenMemory) -> None:
    assert sent(memory, "\x1b[3;7H") == "\x1b[3;7H"
    assert sent(memory, "\x1b[3;7H") == ""


def test_a_gap_is_written_over_where_that_is_no_longer_than_a_move(memory: ScreenMemory) -> None:
    assert "\x1b[31mNighT\x1b[m" in sent(memory, in_line("NighTly-user"))
    assert "n\x1b[7CU" in sent(memory, in_line("nighTly-User"))


@pytest.mark.parametrize(
    ("styles", "between"),
    [
        (["31", "31", "31", "31"], "N\x1b[31mxyM"),
        (["31", "42", "42", "31"], "N\x1b[2CM"),
        (["31", "31", "42", "31"], "N\x1b[2CM"),
        (["31", "31", "31", "42"], "Nxy\x1b[0;42mM"),
        (["31", "42", "42", "42"], "N\x1b[0;42mxyM"),
    ],
)
def test_a_gap_is_written_over_in_a_style_at_hand_alone(
    memory: ScreenMemory, styles: list[str], between: str
) -> None:
    def row(text: str) -> str:
        parts = [f"\x1b[{style}m{each}\x1b[0m" for each, style in zip(text, styles, strict=True)]
        return f"\x1b[2;1H{''.join(parts)}{HOME}"

    sent(memory, row("nxym"))
    assert between.replace("\x1b[31m", "") in sent(memory, row("NxyM"))


@pytest.mark.parametrize("deed", ["forget", "resize", "lose"])
def test_what_was_forgotten_is_sent_again(memory: ScreenMemory, deed: str) -> None:
    if deed == "forget":
        memory.forget()
        again = memory.changes()
    elif deed == "resize":
        memory.resize(WIDTH, HEIGHT)
        again = sent(memory, filled())
    else:
        memory.lose()
        again = sent(memory, filled())
    screen, other = TerminalScreen(WIDTH, HEIGHT), TerminalScreen(WIDTH, HEIGHT)
    screen.feed(again)
    other.feed(filled())
    assert differences(screen, other) == []


def test_nothing_is_made_up_where_nothing_is_known(memory: ScreenMemory) -> None:
    memory.lose()
    assert memory.changes() == ""
    assert sent(memory, in_line("word", 3, 5)) == "\x1b[3;5H\x1b[0;31mword\x1b[m\x1b[H"
    assert sent(memory, in_line("●", 4, 5)) == "\x1b[4;5H\x1b[31m●\x1b[m\x1b[H"


@pytest.mark.parametrize(
    "text",
    [
        "x" * WIDTH + "y",
        "漢" * (WIDTH // 2) + "y",
        "a\tb",
        "a\x1b[Kb",
        "a\x1b[2Jb",
        "a\x0fb",
        "a\n\nb",
        "\u0301a",
        "\x1b]0;title\x07",
        "\x1b[4:3mcurly\x1b[0m",
    ],
)
def test_what_is_not_understood_is_refused_whole(memory: ScreenMemory, text: str) -> None:
    assert not memory.take(f"\x1b[1;1HXX{in_line(text)}")
    assert memory.changes() == ""


@pytest.mark.parametrize(
    "frame", ["", "text", f"text{HOME}", "\x1b[1;1Htext", f"\x1b[{HEIGHT + 1};1Htext{HOME}", "\x07"]
)
def test_a_frame_begins_and_ends_with_a_move_on_the_screen(
    memory: ScreenMemory, frame: str
) -> None:
    assert not memory.take(frame)
    assert memory.changes() == ""


def test_the_last_line_is_never_fed(memory: ScreenMemory) -> None:
    assert memory.take(f"\x1b[{HEIGHT - 1};1Htext\n{HOME}")
    assert not memory.take(f"\x1b[{HEIGHT};1Htext\n{HOME}")


def test_links_are_opened_and_closed(memory: ScreenMemory) -> None:
    open_link, close_link = "\x1b]8;id=7;https://example.org\x1b\\", "\x1b]8;;\x1b\\"
    frame = f"\x1b[2;1H{open_link}\x1b[4mhere\x1b[0m{close_link}{HOME}"
    assert sent(memory, frame) == f"\r\n{open_link}\x1b[4mhere{close_link}\x1b[m\x1b[H"
    assert sent(memory, frame) == ""
    assert sent(memory, in_line("here", style="4")) == "\r\n\x1b[4mhere\x1b[m\x1b[H"


def test_a_wide_character_that_is_cut_leaves_a_blank(memory: ScreenMemory) -> None:
    sent(memory, in_line("漢字"))
    screen = TerminalScreen(WIDTH, HEIGHT)
    memory.forget()
    screen.feed(memory.changes())
    screen.feed(sent(memory, in_line("xy", column=2)))
    assert screen.lines[1].startswith(" xy tly-user")


def test_doubtful_characters_are_written_each_at_its_place(memory: ScreenMemory) -> None:
    assert "\x1b[3Gx" in sent(memory, in_line("a●x"))
    wild = sent(memory, in_line("a😀x"))
    assert wild.startswith("\r\n\x1b[31ma  \x1b[2G😀\x1b[4Gx")
