"""What the reader shows: a call, an insight or an error, whole, and what is copied of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from zos_monitor.model import phrases
from zos_monitor.model.calls import Call, CallText, Insight, InsightText
from zos_monitor.model.errors import RunError
from zos_monitor.model.hidden import is_hidden
from zos_monitor.model.text import one_line
from zos_monitor.tui.call_words import result, result_state
from zos_monitor.tui.json_text import text_paragraphs
from zos_monitor.tui.line_view import Cell, Line
from zos_monitor.tui.message_text import foldable, message_paragraphs
from zos_monitor.tui.plain_facts import call_facts, facts
from zos_monitor.tui.run_columns import Setting
from zos_monitor.tui.tab_view import Copied
from zos_monitor.tui.wrapping import Paragraph

_LABEL_WIDTH = 12


class Document(NamedTuple):
    """A text to be read whole.

    ``plain`` is all of it for the clipboard, word for word, and called ``name``; ``core`` is the
    text that it is about, alone. ``paragraphs`` are made as they are scrolled to. ``turned``
    returns the document with its tracebacks unfolded, or folded; None where there is nothing to
    fold.
    """

    title: str
    name: str
    plain: str
    core: Copied
    paragraphs: Callable[[], Iterable[Paragraph]]
    folded: bool = False
    turned: Callable[[], Document] | None = None


def call_document(
    call: Call, text: CallText, setting: Setting, *, folded: bool = False
) -> Document:
    """Return a call with its error, its response and its prompt."""
    error = text.error or ""
    parts = (("error", text.error), ("response", text.response), ("prompt", text.prompt))
    stored = [f"{name}:\n{part}" for name, part in parts if part is not None]
    if text.response is not None or text.error is None:
        core = Copied("the response", text.response or "")
    else:
        core = Copied("the error", text.error)

    def paragraphs() -> Iterator[Paragraph]:
        yield from _call_head(replace(call, error=error), setting)
        if error.strip():
            yield from _heading("Error", error)
            yield from message_paragraphs(error, folded=folded)
        for name, part in (("Response", text.response), ("Prompt", text.prompt)):
            yield from _heading(name, part)
            yield from _body(part)

    return Document(
        title=_title("Call", call.topic, call.topic_name, setting),
        name="the call",
        plain="\n\n".join([call_facts(call), *stored]),
        core=core,
        paragraphs=paragraphs,
        folded=folded,
        turned=_turning(error, lambda: call_document(call, text, setting, folded=not folded)),
    )


def insight_document(insight: Insight, text: InsightText, setting: Setting) -> Document:
    """Return an insight with its content and all other columns of its row."""

    def paragraphs() -> Iterator[Paragraph]:
        yield _topic(insight.topic, insight.topic_name)
        yield _fact("Category", Cell(one_line(insight.category)))
        yield _fact("Made", Cell(phrases.exactly(insight.created_at, setting.zone)))
        yield from _heading("Content", text.content)
        yield from _body(text.content)
        yield from _heading("As stored", None)
        width = max((len(name) for name, _ in text.others), default=0) + 2
        for name, value in text.others:
            label = one_line(name).ljust(width)
            yield Paragraph((Cell(label, "text--muted"), Cell(one_line(value))), width)

    others = [f"{name}: {value}" for name, value in text.others]
    return Document(
        title=_title("Insight", insight.topic, insight.topic_name, setting),
        name="the insight",
        plain="\n".join([*others, "", text.content]),
        core=Copied("the insight's content", text.content),
        paragraphs=paragraphs,
    )


def error_document(error: RunError, setting: Setting, *, folded: bool = False) -> Document:
    """Return an error with where it happened and its whole message."""

    def paragraphs() -> Iterator[Paragraph]:
        node = Cell(one_line(error.node)) if error.node is not None else _muted("not recorded")
        yield _fact("Node", node)
        yield _topic(error.topic, error.topic_name)
        yield from _heading("Message", error.message)
        yield from message_paragraphs(error.message, folded=folded)

    where = facts(("node", error.node), ("topic", error.topic), ("name", error.topic_name))
    return Document(
        title=_title("Error", error.topic, error.topic_name, setting),
        name="the error",
        plain="\n\n".join(part for part in (where, error.message) if part),
        core=Copied("the error's message", error.message),
        paragraphs=paragraphs,
        folded=folded,
        turned=_turning(error.message, lambda: error_document(error, setting, folded=not folded)),
    )


def note_document(words: str) -> Document:
    """Return why there is no text; there is nothing to copy of it."""
    return Document(
        title="Nothing to read",
        name="",
        plain="",
        core=Copied("", ""),
        paragraphs=lambda: (Paragraph((_muted(words),)),),
    )


def _turning(message: str, turn: Callable[[], Document]) -> Callable[[], Document] | None:
    return turn if foldable(message) else None


def _call_head(call: Call, setting: Setting) -> Iterator[Paragraph]:
    yield _fact("Result", Cell(result(call, setting.glyphs), f"run--{result_state(call)}"))
    ended = phrases.exactly(call.ended_at, setting.zone)
    took = f"  after {phrases.finely(call.latency)}" if call.latency is not None else ""
    yield _fact("Ended", Cell(ended), _muted(took))
    yield _topic(call.topic, call.topic_name)
    yield _fact("Type", Cell(one_line(call.kind) or phrases.NOTHING))
    names = [one_line(name) for name in (call.model_provider, call.model_name) if name]
    profile = f"  profile {one_line(call.model_profile)}" if call.model_profile else ""
    yield _fact("Model", Cell(" ".join(names) or phrases.NOTHING), _muted(profile))
    counts = [
        f"  {phrases.grouped(count)} {way}"
        for count, way in ((call.tokens_input, "in"), (call.tokens_output, "out"))
        if count is not None
    ]
    yield _fact("Tokens", Cell(phrases.grouped(call.tokens_total)), _muted("".join(counts)))
    yield _fact("Cost", Cell(phrases.cost(call.cost_usd)))
    yield _fact("Call", Cell(one_line(call.id)))


def _title(word: str, topic: str | None, name: str | None, setting: Setting) -> str:
    about = one_line(name or topic or "")
    return f"{word} {setting.glyphs.dot} {about}" if about else word


def _topic(topic: str | None, name: str | None) -> Paragraph:
    if topic is None:
        return _fact("Topic", _muted("none"))
    if not name:
        return _fact("Topic", Cell(one_line(topic)))
    return _fact("Topic", Cell(one_line(name)), _muted(f"  {one_line(topic)}"))


def _fact(label: str, *value: Cell) -> Paragraph:
    cells = (_muted(label.ljust(_LABEL_WIDTH)), *(cell for cell in value if cell.text))
    return Paragraph(cells, _LABEL_WIDTH)


def _muted(text: str) -> Cell:
    return Cell(text, "text--muted")


def _heading(title: str, text: str | None) -> Iterator[Paragraph]:
    yield Paragraph(())
    cells: Line = (Cell(title, "text--title"),)
    if text and not is_hidden(text):  # which tells how long it is itself
        cells += (_muted(f"  {phrases.plural(len(text), 'character')}"),)
    yield Paragraph(cells)


def _body(text: str | None) -> Iterator[Paragraph]:
    if text is None:
        yield Paragraph((Cell("not recorded", "text--empty"),))
    elif not text.strip():
        yield Paragraph((Cell("(it is empty)", "text--empty"),))
    else:
        yield from text_paragraphs(text)
