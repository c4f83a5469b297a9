"""What an app outlives, and how it ends where it can't, whatever becomes of Textual's own."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import Static
from textual.worker import WorkerFailed

from tests.crash.injecting import SECRET, fail, fail_later
from zos_monitor.tui import enduring_app
from zos_monitor.tui.enduring_app import EnduringApp


class Broken(Static):
    """A widget that can't be drawn."""

    def render(self) -> str:
        fail()


class Fading(Static):
    """A widget that can be drawn until the app says otherwise."""

    fades = False

    def render_line(self, y: int) -> Strip:
        return fail() if self.fades else super().render_line(y)


class Small(EnduringApp[None]):
    """An app of one line, in which something fails."""

    def __init__(self, fault: str = "") -> None:
        super().__init__()
        self.fault = fault
        self.mishaps: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        if self.fault == "compose":
            fail()
        yield Fading("all is well")

    async def on_ready(self) -> None:
        match self.fault:
            case "action":
                await self.run_action("lose")
            case "worker":
                self.run_worker(fail_later())
            case "timer":
                self.set_timer(0.001, self.put_off)
            case "next":
                self.call_next(self.put_off)
            case "screen":
                self.push_screen(Screen[None]())
                self.screen.mount(Broken())
            case "frame":
                one = self.query_one(Fading)
                one.fades = True
                self.set_timer(0.001, one.refresh)
            case "panic":
                self.panic(SECRET)
            case "thread":
                try:
                    fail()
                except LookupError as error:
                    await asyncio.to_thread(self.call_later, self.fail, error)

    def action_lose(self) -> None:
        fail()

    def put_off(self) -> None:
        fail()

    def tell_mishap(self, error: Exception, doing: str) -> None:
        self.mishaps.append((type(error).__name__, doing))
        self.exit()


class Foreign(Small):
    """The same on a Textual that knows none of the private methods."""

    _handle_exception = App._handle_exception
    _fatal_error = App._fatal_error


async def end_of(app: EnduringApp[None]) -> None:
    async with asyncio.timeout(10):
        await app.run_async(headless=True)


@pytest.fixture(autouse=True)
def as_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take what is called here for a part of the program."""
    monkeypatch.setattr(enduring_app, "_PACKAGE", __name__.partition(".")[0])


@pytest.mark.parametrize("fault", ["action", "worker", "timer", "next"])
async def test_keys_workers_and_what_is_put_off_may_fail(fault: str, noted: Path) -> None:
    app = Small(fault)
    await end_of(app)
    assert [kind for kind, _ in app.mishaps] == ["LookupError"]
    assert (app.return_code, app.ended_by) == (0, None)
    assert not noted.exists()


@pytest.mark.parametrize("fault", ["compose", "screen", "frame", "thread"])
async def test_all_else_ends_it_with_a_report_and_without_a_word(
    fault: str, noted: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    app = Small(fault)
    await end_of(app)
    assert isinstance(app.ended_by, LookupError)
    assert app.mishaps == []
    [report] = noted.iterdir()
    assert SECRET not in report.read_text()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("fault", ["compose", "worker"])
async def test_a_textual_that_is_built_otherwise_prints_nothing(
    fault: str, noted: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    app = Foreign(fault)
    await end_of(app)
    assert str(app.ended_by) == "Textual has ended the app"
    assert capfd.readouterr() == ("", "")


async def test_what_it_is_built_on_is_there(noted: Path) -> None:
    assert all(callable(getattr(App, name)) for name in ("_handle_exception", "_fatal_error"))
    assert WorkerFailed(LookupError()).error


async def test_one_that_is_told_to_panic_prints_nothing(
    noted: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    app = Small("panic")
    await end_of(app)
    assert isinstance(app.ended_by, RuntimeError)
    assert capfd.readouterr() == ("", "")
