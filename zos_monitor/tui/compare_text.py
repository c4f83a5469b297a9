"""A run beside another one, as a table: what differs stands out, by a sign and by colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from rich.cells import cell_len

from zos_monitor.model import phrases
from zos_monitor.model.comparison import CauseCount, Comparison, FailedTopic
from zos_monitor.model.text import one_line
from zos_monitor.tui.cells import fit
from zos_monitor.tui.compare_lines import Compared, compared, ratio_words
from zos_monitor.tui.line_view import Cell, Line
from zos_monitor.tui.wrapping import Paragraph, lines_within

if TYPE_CHECKING:
    from zos_monitor.model.runs import RunDetail
    from zos_monitor.tui.run_columns import Setting

_SIGN, _LABEL, _GAP = 2, 10, 2
_MOST_VALUE = 44  # cells of a column: wider ones only tear the figures apart
_MOST_NAME = 28  # cells of a column of names; a longer one pushes its cause away

_MOST_LINES = 20  # of a value, for there may be a book in any column

DIFFERS, SAME, HEAD = "text--accent", "text--muted", "text--title"
NEW, TITLE = "text--error", "text--strong"
_NONE = Cell("")
_ALONE = "There is no earlier success of this layer.", "Mark a run with m to compare with it."


def comparison_text(comparison: Comparison, setting: Setting, width: int) -> Iterator[Paragraph]:
    """Yield the table and what is beneath it, the table's columns fitted into ``width`` cells."""
    other = comparison.other
    if other is None:
        yield from map(_plain, _ALONE)
        return
    lines = compared(comparison, setting)
    yield _summary(lines, comparison, setting)
    yield Paragraph(())
    room = max(8, min(_MOST_VALUE, (width - _SIGN - _LABEL - _GAP) // 2))
    this_head, other_head = heads(comparison)
    more = setting.glyphs.ellipsis
    yield from _row(_NONE, _NONE, Cell(this_head, HEAD), Cell(other_head, HEAD), room, more)
    this_start, other_start = (_started(run, setting) for run in (comparison.this, other))
    yield from _row(_NONE, Cell("Started", SAME), Cell(this_start), Cell(other_start), room, more)
    for line in lines:
        yield from _compared_rows(line, setting, room)
    this_id, other_id = (Cell(one_line(run.id), SAME) for run in (comparison.this, other))
    yield from _row(_NONE, Cell("Run", SAME), this_id, other_id, room, more)
    yield from _lists(comparison, setting, width)


def heads(comparison: Comparison) -> tuple[str, str]:
    """Return what the two runs are called."""
    return "This run", comparison.partner.capitalize()


def _started(run: RunDetail, setting: Setting) -> str:
    return phrases.exactly(run.started_at, setting.zone)


def _plain(text: str) -> Paragraph:
    return Paragraph((Cell(text, SAME),))


def _summary(lines: Sequence[Compared], comparison: Comparison, setting: Setting) -> Paragraph:
    """Return in a few words what may be the reason, and what it has led to."""
    by_label = {line.label: line for line in lines}
    model = [by_label[label] for label in ("Profile", "Provider", "Model")]
    other_model, other_layer = any(line.differs for line in model), "Layer" in by_label
    new_hash = by_label["Hash"].differs and not other_layer
    told = ["another layer"] if other_layer else []
    told += ["layer hash changed"] if new_hash else []
    told += ["another model"] if other_model else []
    sign = setting.glyphs.differs if told else ""
    if not told:
        same = {"layer hash": by_label["Hash"], "model": model[-1]}
        known = [name for name, line in same.items() if _recorded(line)]
        told.append(f"same {' and '.join(known)}" if known else "hash and model not recorded")
    if causes := comparison.new_causes:
        named = f": {one_line(causes[0].cause)}" if len(causes) == 1 else ""
        told.append(phrases.plural(len(causes), "new cause") + named)
    failing = sum(topic.in_both is not False for topic in comparison.newly_failing)
    told += [f"{phrases.plural(failing, 'target')} newly failing"] if failing else []
    words = f" {setting.glyphs.dot} ".join(told)
    return Paragraph(
        (Cell(fit(sign, _SIGN), DIFFERS), Cell(words[0].upper() + words[1:], TITLE)), _SIGN
    )


def _recorded(line: Compared) -> bool:
    return phrases.NOTHING not in (line.this, line.other)


def _compared_rows(line: Compared, setting: Setting, room: int) -> Iterator[Paragraph]:
    style = DIFFERS if line.differs else SAME
    sign = setting.glyphs.differs if line.differs else ""
    label = Cell(line.label, TITLE if line.differs else SAME)
    this, other = Cell(_with_ratio(line), style), Cell(line.other, style)
    yield from _row(Cell(sign, style), label, this, other, room, setting.glyphs.ellipsis)


def _row(
    sign: Cell, label: Cell, this: Cell, other: Cell, room: int, more: str
) -> Iterator[Paragraph]:
    """Yield a line of the table, and those that its longer values need, up to some number."""
    values = ((Paragraph((cell,)),) for cell in (this, other))
    pieces = (lines_within(value, room, _MOST_LINES, more) for value in values)
    gap = Cell(" " * _GAP)
    empty: Line = (_NONE,)
    for number, (left, right) in enumerate(zip_longest(*pieces, fillvalue=empty)):
        first = not number
        yield Paragraph(
            (
                _padded(sign if first else _NONE, _SIGN),
                _padded(label if first else _NONE, _LABEL),
                *_padded_line(left, room),
                gap,
                *right,
            )
        )


def _padded(cell: Cell, width: int) -> Cell:
    return Cell(fit(cell.text, width), cell.style)


def _padded_line(line: Line, width: int) -> Line:
    missing = width - sum(cell_len(cell.text) for cell in line)
    return (*line, Cell(" " * missing)) if missing > 0 else line


def _lists(comparison: Comparison, setting: Setting, width: int | None) -> Iterator[Paragraph]:
    """Yield the causes and the targets that one of the runs has and the other has not.

    Where nothing is to be cut, ``width`` is None.
    """
    failing, recovered = comparison.newly_failing, comparison.recovered
    anew = [topic for topic in failing if topic.in_both is not False]
    only_here = [topic for topic in failing if topic.in_both is False]
    well_again = [topic for topic in recovered if topic.in_both]
    only_there = [topic for topic in recovered if not topic.in_both]
    yield from _causes("New causes", comparison.new_causes, setting, NEW)
    yield from _topics("Targets that newly fail", anew, NEW, width)
    yield from _topics("Targets that fail, not seen in the other run", only_here, NEW, width)
    yield from _causes("Causes that are gone", comparison.gone_causes, setting, SAME)
    yield from _topics("Targets that recovered", well_again, SAME, width)
    yield from _topics("Targets that failed, not seen in this run", only_there, SAME, width)


def _causes(
    title: str, causes: Sequence[CauseCount], setting: Setting, style: str
) -> Iterator[Paragraph]:
    if causes:
        yield Paragraph(())
        yield Paragraph((Cell(title, TITLE),))
    for cause, count in causes:
        times = f"  {setting.glyphs.times}{count:,}"
        yield Paragraph((Cell("  "), Cell(one_line(cause), style), Cell(times)), _SIGN)


def _topics(
    title: str, topics: Sequence[FailedTopic], style: str, width: int | None
) -> Iterator[Paragraph]:
    """Yield targets with their causes, and with their keys where a line has room for both."""
    if topics:
        yield Paragraph(())
        yield Paragraph((Cell(title, TITLE),))
    names = [one_line(failed.topic_name or failed.topic) for failed in topics]
    widest = min(_MOST_NAME, max(map(cell_len, names), default=0))
    for failed, name in zip(topics, names, strict=True):
        told = Cell(name + " " * (widest - cell_len(name)))
        cells = [Cell(" " * _SIGN), told, Cell(f"  {one_line(failed.cause)}", style)]
        key = f"  {one_line(failed.topic)}" if failed.topic_name else ""
        length = sum(cell_len(cell.text) for cell in cells) + cell_len(key)
        if width is None or length <= width:
            cells.append(Cell(key, SAME))
        yield Paragraph(tuple(cells), _SIGN)


def comparison_plainly(comparison: Comparison, setting: Setting) -> str:
    """Return the table and the lists as plain text, with nothing cut."""
    this, other = comparison.this, comparison.other
    if other is None:
        return "\n".join(_ALONE)
    rows = [
        ("", "", *heads(comparison)),
        ("", "Started", _started(this, setting), _started(other, setting)),
        *(_plain_row(line, setting) for line in compared(comparison, setting)),
        ("", "Run", one_line(this.id), one_line(other.id)),
    ]
    widths = [max(cell_len(row[n]) for row in rows) for n in range(4)]
    told = ["  ".join(map(fit, row, widths)).rstrip() for row in rows]
    told += [
        "".join(cell.text for cell in part.cells) for part in _lists(comparison, setting, None)
    ]
    return "\n".join(told)


def _plain_row(line: Compared, setting: Setting) -> tuple[str, str, str, str]:
    sign = setting.glyphs.differs if line.differs else ""
    return sign, line.label, _with_ratio(line), line.other


def _with_ratio(line: Compared) -> str:
    if line.ratio is None or not line.differs:
        return line.this
    return f"{line.this}  {ratio_words(line.ratio)}"
