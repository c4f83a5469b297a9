"""An app that outlives exceptions where it can; where it can't, it ends without showing data.

Textual ends an app by any exception that reaches it, and prints a traceback with the values of
variables. This leans on two private methods of its App: where one is missing, all end the app,
but nothing is printed all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import TypeVar

from rich.console import RenderableType
from textual.actions import ActionParseResult
from textual.app import App
from textual.dom import DOMNode
from textual.driver import Driver
from textual.worker import WorkerFailed

_Result = TypeVar("_Result")

_OUTLIVED = (("textual.timer", "_tick"), ("textual.message_pump", "_flush_next_callbacks"))
"""Where Textual calls us in such a way that it can go on without the call: module and function."""

_OF_TEXTUAL = 1  # the exit status of Textual's own after an exception
_BETWEEN = ("textual.timer", "textual.message_pump", "textual._callback")
_PACKAGE = __name__.partition(".")[0]


class EnduringApp(App[_Result]):
    """An app whose keys, timers and workers may fail; ``failure`` is what has ended it, if any."""

    failure: Exception | None = None

    def __init__(self, driver_class: type[Driver] | None = None) -> None:
        super().__init__(driver_class=driver_class)
        self.error_console.quiet = True  # what is printed at the end; see ``panic``

    @property
    def ended_by(self) -> Exception | None:
        """What has ended it, also where Textual did not tell us; None if nobody has failed."""
        if self.failure is None and self.return_code == _OF_TEXTUAL:
            return RuntimeError("Textual has ended the app")
        return self.failure

    def tell_mishap(self, error: Exception, doing: str) -> None:
        """Note an exception that the app outlives, and tell of it."""
        raise NotImplementedError

    def fail(self, error: Exception) -> None:
        """End because of an exception; in another thread, have it called by ``call_later``."""
        self._handle_exception(error)

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do what a key stands for; whatever fails in that ends nothing."""
        try:
            return await super().run_action(action, default_namespace, namespaces)
        except Exception as error:  # such as of an import, once another version is installed
            self.tell_mishap(error, "what a key stands for")
            return True

    def panic(self, *renderables: RenderableType) -> None:
        """End, without a word of what Textual would print: that is told once it has ended."""
        if self.failure is None:
            self.failure = RuntimeError("Textual has ended the app")
        super().panic()

    def _handle_exception(self, error: Exception) -> None:
        if isinstance(error, WorkerFailed) and isinstance(error.error, Exception):
            self.tell_mishap(error.error, "work in the background")
            return
        if _can_be_outlived(error.__traceback__):
            self.tell_mishap(error, "work that was put off")
            return
        if self.failure is None:
            from zos_monitor.reports import crash_report

            self.failure = error
            crash_report(error)  # at once: who knows whether the end is reached
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        self.panic()


def _can_be_outlived(trace: TracebackType | None) -> bool:
    """Tell whether what has failed was a call of ours that can be left out.

    Textual draws by timers too; a screen that can't be drawn would be tried for ever.
    """
    if trace is None or (_module(trace), trace.tb_frame.f_code.co_name) not in _OUTLIVED:
        return False
    called: TracebackType | None = trace
    while called is not None and _module(called) in _BETWEEN:
        called = called.tb_next
    return called is not None and _module(called).partition(".")[0] == _PACKAGE


def _module(trace: TracebackType) -> str:
    return str(trace.tb_frame.f_globals.get("__name__"))
