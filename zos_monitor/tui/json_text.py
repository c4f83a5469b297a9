"""Text that holds JSON, whole or in a fence among prose, laid out and coloured line by line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from zos_monitor.model.text import visible
from zos_monitor.tui.line_view import Cell
from zos_monitor.tui.wrapping import Paragraph

KEY, STRING, NUMBER = "text--key", "text--string", "text--number"
JSON_STYLES = frozenset({KEY, STRING, NUMBER})
"""The component classes of what is laid out."""

_FENCE = "```"
_DEEPEST = 40  # levels that are told by indentation
_TOKEN = re.compile(r'"(?:[^"\\]+|\\.)*"?|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_CLOSING = {"{": "}", "[": "]"}


def text_paragraphs(text: str) -> Iterator[Paragraph]:
    """Yield a text by its lines; JSON that is all of it, or in a fence, is laid out.

    Where that is no JSON any more, or ends too early, it is said, and the rest is as it stands.
    """
    if _may_be_json(text):
        yield from _json(text)
        return
    lines = iter(text.split("\n"))
    for line in lines:
        language = _opening(line)
        yield _plain(line, "" if language is None else "text--muted")
        if language is None:
            continue
        inner, closing = _fenced(lines)
        body = "\n".join(inner)
        if language in ("", "json") and _may_be_json(body):
            yield from _json(body)
        else:
            yield from map(_plain, inner)
        if closing is not None:
            yield _plain(closing, "text--muted")


def _may_be_json(text: str) -> bool:
    return text.lstrip()[:1] in ("{", "[")


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


def _plain(line: str, style: str = "") -> Paragraph:
    return Paragraph((Cell(visible(line.removesuffix("\r")), style),))


def _json(text: str) -> Iterator[Paragraph]:
    fault = _fault(text)
    if fault is None:
        yield from lay_out(text)
        return
    yield from lay_out(text[: fault.at])
    yield Paragraph((Cell(fault.words, "text--error"),))
    rest = text[fault.at :].rstrip()
    if rest:
        yield from map(_plain, rest.split("\n"))


class _Fault(NamedTuple):
    at: int
    words: str


def _fault(text: str) -> _Fault | None:
    """Return from where on a text is no JSON, and why; None for JSON."""
    try:
        json.loads(text, parse_int=str, parse_float=str)  # str: numbers may have any length
    except json.JSONDecodeError as error:
        if not text[error.pos :].strip():
            return _Fault(error.pos, "the JSON breaks off here")
        what = visible(error.msg).removesuffix(" starting at")
        where = f"line {error.lineno} column {error.colno}"
        return _Fault(error.pos, f"not valid JSON from here on: {what}, {where}")
    except RecursionError:
        pass  # too deep for that, but not for being laid out
    return None


def lay_out(text: str) -> Iterator[Paragraph]:
    """Yield JSON with a line for each member, made as they are asked for.

    What is laid out are the tokens as they stand: numbers keep their letters, keys that come twice
    come twice, and what ends too early is laid out as far as it goes.
    """
    found = (match[0] for match in _TOKEN.finditer(text))
    line: list[Cell] = []
    depth = 0
    token = next(found, None)
    while token is not None:
        following = next(found, None)
        if token in _CLOSING:
            if following == _CLOSING[token]:
                line.append(Cell(token + following))
                following = next(found, None)
            else:
                yield _line(depth, [*line, Cell(token)])
                line, depth = [], depth + 1
        elif token in ("}", "]"):
            if line:
                yield _line(depth, line)
            line, depth = [Cell(token)], max(0, depth - 1)
        elif token == ",":
            yield _line(depth, [*line, Cell(token)])
            line = []
        else:
            line.append(_cell(token, following))
        token = following
    if line:
        yield _line(depth, line)


def _cell(token: str, following: str | None) -> Cell:
    """Return a scalar, a key or a colon."""
    if token == ":":
        return Cell(": ")
    if not token.startswith('"'):
        return Cell(visible(token), NUMBER)
    if "\\u" in token:  # letters that were escaped are shown as themselves
        with suppress(ValueError):
            token = json.dumps(json.loads(token), ensure_ascii=False)
    return Cell(visible(token).replace("\n", "⏎"), KEY if following == ":" else STRING)


def _line(depth: int, cells: list[Cell]) -> Paragraph:
    indent = 2 * min(depth, _DEEPEST)
    margin = [Cell(" " * indent)] if indent else []
    return Paragraph((*margin, *cells), indent)
