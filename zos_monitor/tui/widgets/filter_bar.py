"""The filter line: the text of the filter, how many runs it matches, help while it is typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.reactive import reactive
from textual.suggester import Suggester
from textual.widgets import Input, Static

from zos_monitor.model.faults import NotOffered
from zos_monitor.model.filters import FilterError, RunFilter, parse_filter
from zos_monitor.model.runs import RunCount
from zos_monitor.model.text import one_line
from zos_monitor.tui.refusals import refusal_words
from zos_monitor.tui.safe_input import SafeInput

if TYPE_CHECKING:
    from zos_monitor.model.completion import Completion


class _FilterSuggester(Suggester):
    """Shows, in the line itself, what the word being typed could become."""

    def __init__(self, bar: FilterBar) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._bar = bar
        self.line: Input | None = None  # not looked up: it may go before the last suggestion does

    async def get_suggestion(self, value: str) -> str | None:
        """Return the text with its last word completed; nothing for one that is no more."""
        if self.line is None or value != self.line.value:
            return None
        completion = self._bar.completion(value, len(value))
        for candidate in completion.candidates:
            whole = value[: completion.start] + candidate
            if whole.startswith(value) and whole != value:
                return whole
        return None


class _FilterInput(SafeInput):
    """The line itself; its keys stand in the footer while it is edited."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "done", id="filter.done", tooltip="Filter by the text"),
        Binding("tab", "accept", "complete", id="filter.accept", tooltip="Take the suggestion"),
        Binding("escape", "leave", "leave", id="filter.leave", tooltip="Leave the filter line"),
    ]

    class Leave(Message):
        """Escape was pressed."""

    def action_accept(self) -> None:
        """Take the suggestion that is shown, if one is."""
        self.action_end()
        self.action_cursor_right()

    def action_leave(self) -> None:
        """Tell the bar that editing is over."""
        self.post_message(self.Leave())


class FilterBar(Vertical):
    """Edits the filter; a text that is no filter is marked and changes nothing else."""

    DEFAULT_CSS = """
    FilterBar {
        height: auto;
        & Horizontal { height: 1; }
        & #slash { width: 3; color: $text-primary; text-style: bold; }
        & Input { width: 1fr; }
        & #counts { width: auto; color: $text-muted; padding: 0 1; }
        & #hint {
            height: auto;
            max-height: 2;
            padding: 0 0 0 3;
            color: $text-muted;
            display: none;
        }
        &.-hint #hint { display: block; }
        &.-wrong #hint { color: $text-error; }
    }
    """

    count: reactive[RunCount | None] = reactive(None)
    """How many runs the filter matches; None while nothing is known."""

    class Changed(Message):
        """The text is another valid filter."""

        def __init__(self, flt: RunFilter) -> None:
            super().__init__()
            self.flt = flt

    class Left(Message):
        """Editing is over."""

    line = query_one(_FilterInput)
    counts = query_one("#counts", Static)
    hint = query_one("#hint", Static)

    def __init__(self, text: str = "", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.known_layers: Sequence[str] = ()
        self._text = text
        self._applied = text
        self._refusal: NotOffered | None = None

    def compose(self) -> ComposeResult:
        """Build the line and the hint below it."""
        with Horizontal():
            yield Static(" / ", id="slash", markup=False)
            suggester = _FilterSuggester(self)
            line = suggester.line = _FilterInput(
                self._text,
                placeholder="all runs",
                compact=True,
                select_on_focus=False,
                suggester=suggester,
            )
            line.cursor_blink = False
            yield line
            yield Static("", id="counts", markup=False)
        yield Static("", id="hint", markup=False)

    @property
    def text(self) -> str:
        """The filter as it stands in the line."""
        return self.line.value

    @text.setter
    def text(self, text: str) -> None:
        self.line.value = text

    def edit(self) -> None:
        """Begin to edit, at the end of the text."""
        self.line.focus()
        self.line.action_end()

    def refuse(self, refusal: NotOffered | None) -> None:
        """Say what of the filter, or of the order, is not offered; None for nothing."""
        if refusal is not self._refusal:
            self._refusal = refusal
            self._advise()

    def watch_count(self) -> None:
        """Show the count; with a plus sign while more runs may be found."""
        if self.is_mounted and self.count is not None:
            more = "" if self.count.counted else "+"
            words = f"{self.count.matched:,}{more} of {self.count.total:,}"
            if words != str(self.counts.content):
                self.counts.update(words, layout=len(words) != len(str(self.counts.content)))

    @on(Input.Changed)
    def _consider(self, event: Input.Changed) -> None:
        """Pass a valid filter on; mark what is wrong with any other."""
        event.stop()
        if event.value != event.input.value:
            return  # more has been typed since: that is told of too
        self._refusal = None
        self._advise()
        if not self._typing_key():
            self._apply()

    @on(Input.Submitted)
    @on(_FilterInput.Leave)
    def _finish(self, event: Message) -> None:
        event.stop()
        self._apply()
        self.post_message(self.Left())

    def _apply(self) -> None:
        text = self.line.value
        try:
            flt = parse_filter(text)
        except FilterError:
            return
        if text != self._applied:
            self._applied = text
            self.post_message(self.Changed(flt))

    def _typing_key(self) -> bool:
        """Tell whether the word being typed may become a key: then it is no search word yet."""
        if not self.line.has_focus:
            return False
        completion = self._completion()
        typed = self.line.value[completion.start : self.line.cursor_position].lower()
        return bool(typed) and any(
            candidate.endswith(":") and candidate.startswith(typed)
            for candidate in completion.candidates
        )

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _advise(self) -> None:
        """Show what is wrong at its word, else while editing what the word could become."""
        editing, error = self.line.has_focus, self._mistake()
        candidates = self._completion().candidates if editing else ()
        if error is not None and candidates and self._typing(error):
            error = None  # the word may still become right
        if error is not None:
            self.hint.update(_at_word(error))
        elif self._refusal is not None:
            self.hint.update(_refused_at_word(self._refusal))
        else:
            self.hint.update(Content("  ".join(one_line(word) for word in candidates)))
        wrong = error is not None or self._refusal is not None
        self.set_class(wrong, "-wrong")
        self.set_class(wrong or editing, "-hint")

    def _mistake(self) -> FilterError | None:
        try:
            parse_filter(self.line.value)
        except FilterError as error:
            return error
        return None

    def completion(self, text: str, cursor: int) -> Completion:
        """Return what could stand in the place of the word that the cursor is in."""
        from zos_monitor.model.completion import complete  # not before something is typed

        return complete(text, cursor, layers=self.known_layers)

    def _completion(self) -> Completion:
        return self.completion(self.line.value, self.line.cursor_position)

    def _typing(self, error: FilterError) -> bool:
        """Tell whether an error is about the word that the cursor stands in or after."""
        return error.start <= self.line.cursor_position <= error.end


def _at_word(error: FilterError) -> Content:
    """Return the error's sentence behind the word that it is about."""
    return Content.assemble((one_line(error.word), "reverse"), "  ", one_line(error.message))


def _refused_at_word(refusal: NotOffered) -> Content:
    """Return a refusal's sentence, its word marked as that of an error is."""
    words, word = refusal_words(refusal), refusal.word
    if not word or not words.startswith(word):
        return Content(words)
    return Content.assemble((word, "reverse"), words[len(word) :])
