"""Text that holds JSON, whole or in a fence among prose, laid out and coloured line by line."""

from __future__ import annotations

import json
from collections.abc import Iterator

from zos_monitor.model.text import visible
from zos_monitor.tui.line_view import Cell, Line
from zos_monitor.tui.wrapping import Paragraph

KEY, STRING, NUMBER, MUTED, FAULT = (
    "text--key",
    "text--string",
    "text--number",
    "text--muted",
    "text--error",
)
_FENCE = "```"
_DEEPEST = 40  # levels that are told by indentation


class _Pairs(list[tuple[str, object]]):
    """An object's members as they stand: also those whose key comes twice."""


class _Literal(str):
    """A number or a constant in its own letters: 1.50 is not turned into 1.5."""


_Item = tuple[Line, object, str]  # what stands before a value, the value, what stands behind


def text_paragraphs(text: str) -> Iterator[Paragraph]:
    """Yield a text by its lines; JSON that is all of it, or in a fence, is laid out.

    What looks like JSON and is none is shown as it stands, with a word on what is wrong.
    """
    if text.lstrip()[:1] in ("{", "["):
        yield from _json(text, text.split("\n"))
        return
    lines = iter(text.split("\n"))
    for line in lines:
        language = _opening(line)
        if language is None:
            yield _plain(line)
            continue
        yield _muted(line)
        inner, closing = _fenced(lines)
        if language in ("", "json") and (body := "\n".join(inner)).lstrip()[:1] in ("{", "["):
            yield from _json(body, inner)
        else:
            yield from map(_plain, inner)
        if closing is not None:
            yield _muted(closing)


def _opening(line: str) -> str | None:
    """Return the language of the fence that a line opens; None where it opens none."""
    bare = line.strip()
    if not bare.startswith(_FENCE) or "`" in bare[len(_FENCE) :]:
        return None
    return bare[len(_FENCE) :].strip().lower()


def _fenced(lines: Iterator[str]) -> tuple[list[str], str | None]:
    """Return the lines up to the end of a fence, and that end; None where it has none."""
    inner: list[str] = []
    for line in lines:
        if line.strip() == _FENCE:
            return inner, line
        inner.append(line)
    return inner, None


def _plain(line: str) -> Paragraph:
    return Paragraph((Cell(visible(line.removesuffix("\r"))),))


def _muted(line: str) -> Paragraph:
    return Paragraph((Cell(visible(line.removesuffix("\r")), MUTED),))


def _json(text: str, lines: list[str]) -> Iterator[Paragraph]:
    try:
        value = _parse(text)
    except ValueError as fault:
        yield from map(_plain, lines)
        yield Paragraph((Cell(f"not valid JSON: {visible(str(fault))}", FAULT),))
    except RecursionError:
        yield from map(_plain, lines)
        yield Paragraph((Cell("JSON that is nested too deep to be laid out", FAULT),))
    else:
        yield from lay_out(value)


def _parse(text: str) -> object:
    return json.loads(
        text,
        parse_float=_Literal,
        parse_int=_Literal,
        parse_constant=_Literal,
        object_pairs_hook=_Pairs,
    )


def lay_out(value: object) -> Iterator[Paragraph]:
    """Yield the lines of a parsed JSON value, each when it is asked for."""
    levels: list[Iterator[_Item]] = [iter([((), value, "")])]
    closings: list[Paragraph] = []
    while levels:
        item = next(levels[-1], None)
        if item is None:
            levels.pop()
            if closings:
                yield closings.pop()
            continue
        before, inner, behind = item
        depth = len(levels) - 1
        if isinstance(inner, list) and inner:
            opening, closing = "{}" if isinstance(inner, _Pairs) else "[]"
            yield _line(depth, *before, Cell(opening))
            closings.append(_line(depth, Cell(closing + behind)))
            levels.append(_items(inner))
        else:
            yield _line(depth, *before, _scalar(inner), Cell(behind))


def _items(values: list[object]) -> Iterator[_Item]:
    last = len(values) - 1
    for place, value in enumerate(values):
        behind = "" if place == last else ","
        if isinstance(values, _Pairs):
            key, value = values[place]
            yield (Cell(_quoted(key), KEY), Cell(": ")), value, behind
        else:
            yield (), value, behind


def _scalar(value: object) -> Cell:
    if isinstance(value, _Literal) or value is None or isinstance(value, bool):
        text = visible(value) if isinstance(value, str) else json.dumps(value)
        return Cell(text, NUMBER)
    if isinstance(value, str):
        return Cell(_quoted(value), STRING)
    return Cell("{}" if isinstance(value, _Pairs) else "[]")


def _quoted(text: str) -> str:
    return visible(json.dumps(text, ensure_ascii=False))


def _line(depth: int, *cells: Cell) -> Paragraph:
    indent = 2 * min(depth, _DEEPEST)
    margin = (Cell(" " * indent),) if indent else ()
    return Paragraph((*margin, *(cell for cell in cells if cell.text)), indent)
