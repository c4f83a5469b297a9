"""The reader: one text whole, over the entire terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from zos_monitor.model.states import RunState
from zos_monitor.tui.bindings import bound
from zos_monitor.tui.documents import Document
from zos_monitor.tui.json_text import JSON_STYLES
from zos_monitor.tui.line_view import Cell
from zos_monitor.tui.over import FullScreen
from zos_monitor.tui.run_columns import Setting
from zos_monitor.tui.tab_view import Copied
from zos_monitor.tui.text_pane import TextPane
from zos_monitor.tui.widgets.key_line import KeyLine
from zos_monitor.tui.wrapping import Paragraph

_CLOSE = bound("escape,q,enter", "leave", "reader.close", "close", "Back to where it was opened")
_FOLD = bound(
    "f", "fold", "reader.fold", "fold", "Fold a traceback to its last frame, or unfold it"
)
_EARLIER = bound("left_square_bracket", "step(-1)", "reader.earlier", "previous", "The one before")
_LATER = bound("right_square_bracket", "step(1)", "reader.later", "next", "The one after")
_COPY = bound("y", "copy_core", "reader.copy", "copy", "Copy the text")
_COPY_ALL = bound("Y", "copy_all", "reader.copy_all", "copy all", "Copy the text with all facts")

READER_KEYS: list[BindingType] = [_CLOSE, _EARLIER, _LATER, _FOLD, _COPY, _COPY_ALL]
"""The keys of this screen, besides those that scroll."""


class DocumentPane(TextPane):
    """Text with the colours of JSON, and of what became of a call."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *JSON_STYLES,
        *(f"run--{state}" for state in RunState),
    }
    DEFAULT_CSS = """
    DocumentPane {
        & > .text--key { color: $text-primary; }
        & > .text--string { color: $foreground; }
        & > .text--number { color: $text-warning; }
    }
    """


class ReaderScreen(FullScreen[None]):
    """Shows a document; it is opened at once, and filled when the document has come.

    ``step`` is called with -1 or 1 for the one before or after, which the opener then shows;
    without it there is none. ``copy`` takes a text along and returns what to say of that.
    """

    AUTO_FOCUS = "#reader"
    BINDINGS: ClassVar[list[BindingType]] = READER_KEYS

    def __init__(
        self,
        title: str,
        setting: Setting,
        *,
        step: Callable[[int], None] | None = None,
        copy: Callable[[Copied], str] | None = None,
    ) -> None:
        super().__init__()
        # Not looked up: on leaving they go before the document may have come.
        self.pane = DocumentPane(id="reader")
        self.keys = KeyLine(id="reader-keys")
        self.document: Document | None = None
        """What is shown; None while it is being read."""
        self._title = title
        self._dot = setting.glyphs.dot
        self._step = step
        self._copy = copy
        self._built = False

    def compose(self) -> ComposeResult:
        """Build the screen."""
        yield from (self.pane, self.keys)

    def on_mount(self) -> None:
        """Show what has come by now."""
        self._built = True
        self._render_all(from_top=True)

    def show(self, document: Document) -> None:
        """Show a document from its top."""
        self.document = document
        self._title = document.title
        self._render_all(from_top=True)

    def _render_all(self, *, from_top: bool) -> None:
        if not self._built:
            return
        document = self.document
        folded = f" {self._dot} folded" if document is not None and document.folded else ""
        self.pane.set_titles(f"{self._title}{folded}")
        self.pane.show_text(
            document.paragraphs if document is not None else self._say, from_top=from_top
        )
        self.keys.show_bindings(self._keys_now())

    @staticmethod
    def _say() -> tuple[Paragraph, ...]:
        return (Paragraph((Cell("Reading", "text--muted"),)),)

    def _keys_now(self) -> list[Binding]:
        """Return the keys that do something now, one for each thing."""
        keys = [Binding("escape", "leave", "close")]
        if self._step is not None:
            keys += [_EARLIER, _LATER]
        document = self.document
        if document is not None and document.turned is not None:
            keys.append(Binding("f", "fold", "unfold" if document.folded else "fold"))
        if document is not None and document.plain and self._copy is not None:
            keys += [_COPY, _COPY_ALL]
        return keys

    def action_step(self, by: int) -> None:
        """Ask for the one before or after."""
        if self._step is not None:
            self._step(by)

    def action_fold(self) -> None:
        """Fold the tracebacks to their last frame, or unfold them."""
        if self.document is not None and self.document.turned is not None:
            self.document = self.document.turned()
            self._render_all(from_top=False)

    def action_copy_core(self) -> None:
        """Take the text along."""
        if self.document is not None and self.document.plain:
            self._take_along(self.document.core)

    def action_copy_all(self) -> None:
        """Take everything along that is said of it."""
        if self.document is not None and self.document.plain:
            self._take_along(Copied(self.document.name, self.document.plain))

    def _take_along(self, copied: Copied) -> None:
        if self._copy is not None:
            self.keys.say(self._copy(copied))

    def action_leave(self) -> None:
        """Go back to where it was opened."""
        self.dismiss(None)
