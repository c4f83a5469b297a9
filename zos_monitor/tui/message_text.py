"""An error's message as styled text: its tracebacks coloured, or folded to their last frame."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zos_monitor.model import phrases
from zos_monitor.model.text import visible
from zos_monitor.model.tracebacks import Part, PartKind, parse_traceback
from zos_monitor.tui.line_view import Cell, Line
from zos_monitor.tui.wrapping import Paragraph

_LONGEST = 200_000  # characters; to find the tracebacks of more would be felt as a pause
_FRAME = re.compile(r'(\s*(?:[|+] ?)*\s*File "[^"]*", )(line \d+)(, in )?(.*)')
_STYLES = {
    PartKind.HEAD: "text--muted",
    PartKind.FRAME: "text--strong",
    PartKind.EXCEPTION: "text--error-title",
    PartKind.NOTE: "text--muted",
}


def message_paragraphs(message: str, *, folded: bool = False) -> Iterator[Paragraph]:
    """Yield a message by its lines; folded, each stretch of frames left out is one line."""
    if not message.strip():
        yield Paragraph((Cell("(the message is empty)", "text--empty"),))
        return
    parts = _parts(message)
    if parts is None:
        for line in message.split("\n"):
            yield Paragraph((Cell(visible(line.removesuffix("\r"))),))
        return
    left_out = 0
    for part in parts:
        if folded and not part.kept:
            left_out += 1
            continue
        if left_out:
            yield _fold(left_out)
            left_out = 0
        yield _line(part)
    if left_out:
        yield _fold(left_out)


def foldable(message: str) -> bool:
    """Tell whether folding leaves anything of a message out."""
    parts = _parts(message)
    return parts is not None and not all(part.kept for part in parts)


def _parts(message: str) -> tuple[Part, ...] | None:
    return parse_traceback(message) if len(message) <= _LONGEST else None


def _fold(lines: int) -> Paragraph:
    return Paragraph((Cell(f"  {phrases.plural(lines, 'line')} folded", "text--muted"),))


def _line(part: Part) -> Paragraph:
    text = visible(part.text)
    indent = len(text) - len(text.lstrip(" "))
    match = _FRAME.fullmatch(text) if part.kind is PartKind.FRAME else None
    if match is None:
        return Paragraph((Cell(text, _STYLES.get(part.kind, "")),), indent)
    where, line, joint, function = match.groups("")
    cells: Line = (Cell(where, "text--muted"), Cell(line, "text--strong"))
    if joint or function:
        cells += (Cell(joint, "text--muted"), Cell(function, "text--strong"))
    return Paragraph(cells, indent)
