"""A prompt over the dashboard: to which file the matching runs are to be exported."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Input, Static
from textual.worker import Worker

from zos_monitor.exporting import ExportError, default_name, free_path, write_export
from zos_monitor.model.exports import ExportFormat, format_of
from zos_monitor.model.faults import DatabaseFault
from zos_monitor.model.runs import RunDetail
from zos_monitor.model.text import one_line
from zos_monitor.reports import unforeseen
from zos_monitor.tui.over import OverScreen
from zos_monitor.tui.safe_input import SafeInput

EXPORT_KEYS: list[BindingType] = [
    Binding("tab", "next_format(1)", "Format", tooltip="Choose the next format", priority=True),
    Binding("shift+tab", "next_format(-1)", "Format", show=False, priority=True),
    Binding("escape", "leave", "Cancel", tooltip="Leave nothing behind", priority=True),
]
"""The keys of the prompt, beside those of the line with the path; Enter writes."""

_KEYS = "enter writes  tab format  esc cancels"
_FORMATS = tuple(ExportFormat)

Pages = Callable[[], AsyncIterator[tuple[RunDetail, ...]]]


class ExportScreen(OverScreen[str | None]):
    """Returns what is to be said once the file is written; None where the prompt was left."""

    BINDINGS: ClassVar[list[BindingType]] = EXPORT_KEYS
    path_line = query_one(Input)
    formats = query_one("#export-formats", Static)
    hint = query_one("#export-hint", Static)

    def __init__(
        self, *, folder: Path, stamp: datetime, words: str, total: int, pages: Pages
    ) -> None:
        """Offer a file in ``folder`` by a name that tells the instant ``stamp``.

        ``words`` is the filter's text, empty for all runs; ``total`` counts the runs that it
        matches, as far as known. ``pages`` begins to read them.
        """
        super().__init__()
        self._folder = folder
        self._stamp = stamp
        self._words = words
        self._total = total
        self._pages = pages
        self._format = _FORMATS[0]
        self._writing: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        """Build the prompt."""
        with Vertical(id="export"):
            yield Static(self._what(), id="export-what", markup=False)
            with Horizontal():
                yield Static("to ", markup=False)
                line = SafeInput(compact=True, select_on_focus=False)
                line.cursor_blink = False
                yield line
            yield Static(id="export-formats", markup=False)
            yield Static(_KEYS, id="export-hint", markup=False)

    def on_mount(self) -> None:
        """Offer a file that is not there yet, its path shown from its end."""
        self.query_one("#export").border_title = "Export"
        self._propose(free_path(self._folder / default_name(self._stamp, self._format)))
        self._show_formats()
        self.path_line.focus()

    def _what(self) -> str:
        words = one_line(self._words)
        if self._total <= 0:
            return f"the runs that {words} matches" if words else "all runs"
        noun = "run" if self._total == 1 else "runs"
        if not words:
            return f"all {self._total:,} {noun}"
        return f"{self._total:,} {noun} that {words} matches"

    def _propose(self, path: Path) -> None:
        line = self.path_line
        with line.prevent(Input.Changed):
            line.value = str(path)
        line.call_after_refresh(line.action_end)  # scrolled to once the line's width is known

    def _show_formats(self) -> None:
        names = [(fmt.label, "bold reverse" if fmt is self._format else "") for fmt in _FORMATS]
        self.formats.update(
            Content("as ")
            + Content("  ").join(Content.styled(f" {name} ", style) for name, style in names)
        )

    # Editing

    def action_next_format(self, by: int) -> None:
        """Choose another format, and give the file its ending."""
        if self._writing is not None:
            return
        self._format = _FORMATS[(_FORMATS.index(self._format) + by) % len(_FORMATS)]
        typed = self.path_line.value
        stem, dot, ending = typed.rpartition(".")
        known = dot and format_of(f"x.{ending}") is not None
        if known:
            self._propose_free(Path(f"{stem}.{self._format}"))
        self._show_formats()

    def _propose_free(self, path: Path) -> None:
        """Offer a path; where that was ours to choose, one where there is nothing."""
        ours = default_name(self._stamp, self._format).rpartition(".")[0]
        self._propose(free_path(path) if path.name.startswith(ours) else path)

    @on(Input.Changed)
    def _typed(self) -> None:
        if self._writing is None:
            self._say(_KEYS)
        asked = format_of(self.path_line.value)
        if asked is not None and asked is not self._format:
            self._format = asked
            self._show_formats()

    def _say(self, words: str, *, wrong: bool = False) -> None:
        if words != str(self.hint.content):
            self.hint.update(words)
        self.hint.set_class(wrong, "-wrong")

    # Writing

    @on(Input.Submitted)
    def _begin(self) -> None:
        typed = self.path_line.value.strip()
        if self._writing is not None:
            return
        if not typed:
            self._say("type a file's name", wrong=True)
            return
        path = Path(os.path.abspath(self._folder / Path(typed).expanduser()))
        if typed.endswith("/") or path.is_dir():
            self._say("that is a folder; name a file in it", wrong=True)
        elif os.path.lexists(path):
            self._propose(free_path(path))
            self._say("there is such a file already; this name is free", wrong=True)
        else:
            self.path_line.disabled = True
            self._writing = self.run_worker(self._write(path), exclusive=True)

    async def _write(self, path: Path) -> None:
        of = f" of {self._total:,}" if self._total > 0 else ""
        written = 0
        self._say(f"0{of} runs  esc cancels")
        try:
            async with aclosing(write_export(path, self._format, self._pages())) as export:
                async for written in export:
                    self._say(f"{written:,}{of} runs  esc cancels")
        except (ExportError, DatabaseFault) as fault:
            self._tell_failure(str(fault))
            return
        except Exception as error:  # whatever it is, the prompt stays, and it can be tried again
            self._tell_failure(unforeseen(error, "the export").message)
            return
        noun = "run" if written == 1 else "runs"
        told = f"{path.name} in {path.parent}"  # the folder is cut first where room is short
        self.dismiss(f"Exported {written:,} {noun} to {one_line(told)}")

    def _tell_failure(self, words: str) -> None:
        self._writing = None
        self.path_line.disabled = False
        self.path_line.focus()
        self._say(f"{words}; nothing is left of it", wrong=True)

    async def action_leave(self) -> None:
        """Write nothing, or stop writing and leave nothing behind."""
        if self._writing is not None:
            self._writing.cancel()
        self.dismiss(None)
