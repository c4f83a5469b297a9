"""The help screen: every key, from the bindings themselves, and the filter language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from zos_monitor.tui.line_view import Cell
from zos_monitor.tui.over import OverScreen
from zos_monitor.tui.text_pane import TextPane
from zos_monitor.tui.wrapping import Paragraph

_KEY_WIDTH = 26

_LANGUAGE = (
    (
        "status:failed,partial",
        "state: running stalled interrupted success partial failed dry unknown",
    ),
    ("layer:nightly-*", "layer, * stands for anything"),
    ("kind:scheduled", "layers that start by the clock; kind:conversation: all others"),
    ("since:7d until:2026-11-01", "start: 90m 24h 7d 2w, a date, an ISO instant, today, all"),
    ('error:"rate limit"', "text in the error messages"),
    ('cause:"429 rate limit"', "the cause of one of the errors, as the groups tell it"),
    ("id:01M7", "how the run's id begins"),
    ("Ada", "in id, layer, errors, topics, and their people and channels"),
    ("-layer:dm-response", "a leading - means not"),
    ("a,b   a b", "comma means or, space means and"),
)


def key_groups() -> list[tuple[str, Sequence[BindingType]]]:
    """Return every key of the program, by where it holds."""
    from zos_monitor.tui.export_screen import EXPORT_KEYS
    from zos_monitor.tui.failures_screen import FAILURES_KEYS
    from zos_monitor.tui.figures_screen import FIGURES_KEYS
    from zos_monitor.tui.keys import DASHBOARD_KEYS
    from zos_monitor.tui.line_table import LineTable
    from zos_monitor.tui.reader import READER_KEYS
    from zos_monitor.tui.tonight import TONIGHT_KEYS
    from zos_monitor.tui.widgets.errors_tab import ErrorsTab

    return [
        ("Everywhere", DASHBOARD_KEYS),
        ("In the lists", LineTable.BINDINGS),
        ("In the errors", ErrorsTab.BINDINGS),
        ("In a text", READER_KEYS),
        ("Failures by cause", FAILURES_KEYS),
        ("Full statistics", FIGURES_KEYS),
        ("Tonight", TONIGHT_KEYS),
        ("Export", EXPORT_KEYS),
    ]


class HelpScreen(OverScreen[None]):
    """Shows the keys in groups; scrolls where they do not fit."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q", "leave", "Leave", show=False),
    ]

    def __init__(self, groups: Sequence[tuple[str, Sequence[BindingType]]]) -> None:
        super().__init__()
        self._groups = [
            (title, list(Binding.make_bindings(bindings))) for title, bindings in groups
        ]

    def compose(self) -> ComposeResult:
        """Build the text."""
        with Vertical(id="help"):
            yield TextPane(id="help-text")

    def on_mount(self) -> None:
        """Fill in the text."""
        box = self.query_one("#help")
        box.border_title = "Help"
        box.border_subtitle = "esc closes"
        pane = self.query_one(TextPane)
        pane.show_text(self._lines, from_top=True)
        pane.focus()

    def _lines(self) -> Iterable[Paragraph]:
        for title, bindings in self._groups:
            yield Paragraph((Cell(title, "text--title"),))
            keys: dict[str, tuple[str, list[str]]] = {}
            for binding in bindings:
                words = binding.tooltip or binding.description
                _, shown = keys.setdefault(binding.action, (words, []))
                shown.append(self.app.get_key_display(binding))
            for words, shown in keys.values():
                yield _row(" ".join(dict.fromkeys(shown)), words)
            yield Paragraph(())
        yield Paragraph((Cell("Filter", "text--title"),))
        for example, words in _LANGUAGE:
            yield _row(example, words)

    def action_leave(self) -> None:
        """Go back to the dashboard."""
        self.dismiss()


def _row(key: str, words: str) -> Paragraph:
    label = f"  {key.ljust(_KEY_WIDTH)}  "
    return Paragraph((Cell(label, "text--accent"), Cell(words)), len(label))
