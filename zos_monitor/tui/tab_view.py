"""What the tabs of the detail pane have in common: what they show, and what they ask for."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Protocol

from textual.message import Message

from zos_monitor.model.runs import RunDetail
from zos_monitor.tui.run_columns import Setting

if TYPE_CHECKING:  # most of it is imported when a tab is first shown
    from zos_monitor.model.calls import Call, Insight
    from zos_monitor.model.comparison import Comparison
    from zos_monitor.model.errors import RunError
    from zos_monitor.model.workings import StoredValue, Workings

    Subject = RunError | Call | Insight


class Tab(StrEnum):
    """The tabs in their order, by their titles in lower case."""

    ERRORS = "errors"
    TARGETS = "targets"
    CALLS = "calls"
    INSIGHTS = "insights"
    COMPARE = "compare"
    RUN = "run"


class Matter(NamedTuple):
    """What is known of the selected run; what is None was not asked for yet, or is not there.

    Without a ``run`` none is selected, or it is not told of. All parts are of the same run.
    ``refused`` has the parts that are not offered, by their names, and what to say in their place.
    """

    run: RunDetail | None = None
    workings: Workings | None = None
    comparison: Comparison | None = None
    stored: tuple[StoredValue, ...] | None = None
    refused: Mapping[str, str] = MappingProxyType({})


class Copied(NamedTuple):
    """A text to be taken along, exactly as it is stored, and what it is called."""

    name: str
    text: str


class TextWanted(Message):
    """A text is to be read whole: that of an error, a call, an insight."""

    def __init__(self, subject: Subject) -> None:
        super().__init__()
        self.subject = subject


class TabView(Protocol):
    """A tab's widget: a LineTable or a TextPane that keeps its own cursor and scroll.

    Shown the same run again it keeps both, whatever has come or gone; with another run it begins
    at its top. What is selected is told by identity, never by its row.
    """

    def show(self, matter: Matter) -> None:
        """Show a run; called for each refresh too, and cheap where nothing has changed."""

    def set_setting(self, setting: Setting) -> None:
        """Render by another time, zone or set of signs."""

    def step(self, by: int) -> Subject | None:
        """Put the cursor on the next (1) or the previous (-1) row whose text can be read.

        Returns what is there, None where there is no such row, or no text at all in this tab.
        """

    def copied(self) -> Copied | None:
        """Return the details that ``Y`` takes along: of what is selected, else of all."""
