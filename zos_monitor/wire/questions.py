"""The table of the questions: what each is called, what it takes, and what it answers with."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from zos_monitor.model.breakdown import Breakdown
from zos_monitor.model.calls import CallText, InsightText
from zos_monitor.model.comparison import Comparison
from zos_monitor.model.failures import Failures
from zos_monitor.model.filters import RunFilter, parse_filter
from zos_monitor.model.nights import Nights
from zos_monitor.model.past import LayerPast
from zos_monitor.model.present import Present
from zos_monitor.model.runs import RunCount, RunDetail, RunKey, RunSlice, RunSummary
from zos_monitor.model.sorting import Sort, SortKey
from zos_monitor.model.stats import Totals
from zos_monitor.model.windows import within_window
from zos_monitor.model.workings import StoredValue, Workings
from zos_monitor.wire.codec import Codec, codec_of
from zos_monitor.wire.zones import zone_named


class Kind(NamedTuple):
    """A kind of parameter: how it is written as text and read again, and what it is in words.

    ``read`` raises ValueError for text that means nothing. ``schema`` is JSON Schema's type.
    """

    write: Callable[[Any], str]
    read: Callable[[str], Any]
    told: str
    schema: str = "string"


class Parameter(NamedTuple):
    """One parameter of a question.

    Where it is missing and not ``needed`` it is None if it has ``no_default`` in the service.
    """

    kind: Kind
    needed: bool = False
    no_default: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its parameters by their names in ``questions.Service``, and its answer's codec.

    What is ``streamed`` answers piece by piece, each of which the codec is of.
    """

    name: str
    parameters: Mapping[str, Parameter]
    answer: Codec
    streamed: bool = False

    def written(self, arguments: Mapping[str, object]) -> dict[str, str]:
        """Return arguments as text; those that are None are left out."""
        return {
            name: self.parameters[name].kind.write(value)
            for name, value in arguments.items()
            if value is not None
        }

    def read(self, texts: Mapping[str, str]) -> dict[str, Any]:
        """Return the arguments that texts mean.

        Raises ValueError for one that is unknown, missing or means nothing; its ``args`` are the
        parameter's name and a sentence.
        """
        for name in texts:
            if name not in self.parameters:
                raise ValueError(name, "there is no such parameter")
        return {
            name: _read(name, parameter, texts.get(name))
            for name, parameter in self.parameters.items()
            if name in texts or parameter.needed or parameter.no_default
        }


def _read(name: str, parameter: Parameter, text: str | None) -> object:
    if text is None:
        if parameter.needed:
            raise ValueError(name, "it is missing")
        return None
    try:
        return parameter.kind.read(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(name, str(error) or "it means nothing") from None


# Kinds of parameters


def _filter_text(flt: RunFilter) -> str:
    if parse_filter(flt.text).terms != flt.terms:  # its terms would be others on the other side
        raise ValueError(f"the text of a filter does not say what it means: {flt!r}")
    return flt.text


def _window(text: str) -> str:
    within_window(RunFilter(), text)
    return text


def _whole(text: str) -> int:
    if not (text.isascii() and text.removeprefix("-").isdigit() and len(text) < 99):
        raise ValueError("a whole number is expected")
    return int(text)


def _natural(text: str) -> int:
    if (number := _whole(text)) < 0:
        raise ValueError("it must not be below 0")
    return min(number, 2**62)


def _few(text: str) -> int:
    if (number := _natural(text)) > MOST_ROWS:
        raise ValueError(f"it must not be over {MOST_ROWS}")
    return number


def _seconds(text: str) -> float:
    if not 0 <= (seconds := float(text)) < math.inf:
        raise ValueError("seconds are expected")
    return seconds


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant needs an offset, such as +00:00")
    try:
        instant.astimezone(UTC)
    except OverflowError:
        raise ValueError("no calendar goes so far") from None
    return instant


def _sort(text: str) -> Sort:
    return Sort(SortKey(text.removeprefix("-")), text.startswith("-"))


def _truth(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("true or false is expected")
    return text == "true"


def _as_json(hint: Any) -> tuple[Callable[[Any], str], Callable[[str], Any]]:  # noqa: ANN401
    codec = codec_of(hint)
    return (
        lambda value: json.dumps(codec.encode(value), separators=(",", ":")),
        lambda text: codec.decode(json.loads(text)),
    )


_write_key, _read_key = _as_json(RunKey)


def _key(text: str) -> RunKey:
    key: RunKey = _read_key(text)
    if isinstance(key.started, str):
        key.started.encode()  # a lone surrogate is in no database
    if not -(2**63) <= key.rowid < 2**63:
        raise ValueError("no row has that number")
    if isinstance(key.started, int) and not -(2**63) <= key.started < 2**63:
        raise ValueError("no run has such a start")
    return key


MOST_ROWS = 10_000
"""The most runs that one answer may have: a dashboard shows no more at once."""

FILTER = Kind(_filter_text, parse_filter, "A filter, as it is typed.")
TEXT = Kind(str, str, "Text.")
WINDOW = Kind(str, _window, "A span of time such as 7d, or all.")
ROW = Kind(str, _natural, "A row of the list; the first is 0.", "integer")
LIMIT = Kind(str, _few, f"A number of runs, at most {MOST_ROWS}.", "integer")
SECONDS = Kind(repr, _seconds, "Seconds.", "number")
INSTANT = Kind(datetime.isoformat, _instant, "An instant in ISO 8601, with an offset.")
SORT = Kind(lambda sort: "-" * sort.reverse + sort.key, _sort, "A sort key; - before it reverses.")
TRUTH = Kind(lambda value: str(value).lower(), _truth, "true or false.", "boolean")
KEY = Kind(_write_key, _key, "The start of a run as it is stored, and its row's number, in JSON.")
ZONE = Kind(str, zone_named, "A time zone by its IANA name, or an offset such as +02:00.")
NAMES = Kind(*_as_json(tuple[str, ...]), "A list of names in JSON.")

_FLT = Parameter(FILTER, needed=True)
_NOW = Parameter(INSTANT)
_ID = Parameter(TEXT, needed=True)


def _table(*questions: Question) -> Mapping[str, Question]:
    return MappingProxyType({question.name: question for question in questions})


def _question(name: str, answer: Any, **parameters: Parameter) -> Question:  # noqa: ANN401
    return Question(name, parameters, codec_of(answer))


def _streamed(name: str, piece: Any, **parameters: Parameter) -> Question:  # noqa: ANN401
    return Question(name, parameters, codec_of(piece), streamed=True)


QUESTIONS = _table(
    _question(
        "newest",
        tuple[RunSummary, ...],
        flt=_FLT,
        limit=Parameter(LIMIT, needed=True),
        now=_NOW,
    ),
    _question(
        "run_slice",
        RunSlice,
        flt=_FLT,
        first=Parameter(ROW),
        limit=Parameter(LIMIT),
        anchor=Parameter(KEY),
        anchor_row=Parameter(ROW),
        sort=Parameter(SORT),
        now=_NOW,
        patience=Parameter(SECONDS),
    ),
    _question("count_on", RunCount, flt=_FLT, sort=Parameter(SORT), now=_NOW),
    _question("row_since", int, flt=_FLT, instant=Parameter(INSTANT, needed=True), now=_NOW),
    _question("count", tuple[int, int], flt=_FLT),
    _question("totals", Totals, flt=_FLT, window=Parameter(WINDOW)),
    _question("present", Present),
    _question("pasts", Mapping[str, LayerPast], layers=Parameter(NAMES)),
    _question("nights", Nights),
    _question("layer_names", tuple[str, ...]),
    _question("known_layers", tuple[str, ...]),
    _question("run", RunDetail | None, run_id=_ID),
    _question("workings", Workings | None, run_id=_ID),
    _question("call_text", CallText | None, call_id=_ID),
    _question("insight_text", InsightText | None, insight_id=_ID),
    _question("stored_row", tuple[StoredValue, ...] | None, run_id=_ID),
    _question("comparison", Comparison | None, run_id=_ID, marked=Parameter(TEXT)),
    _question(
        "next_failure",
        str | None,
        flt=_FLT,
        key=Parameter(KEY, no_default=True),
        newer=Parameter(TRUTH, needed=True),
        now=_NOW,
    ),
    _streamed("failures", Failures, flt=_FLT, window=Parameter(WINDOW)),
    _streamed("breakdown", Breakdown, flt=_FLT, window=Parameter(WINDOW)),
    _streamed("details", tuple[RunDetail, ...], flt=_FLT, now=_NOW),
)
"""All questions by their names, which are those of the methods of ``questions.Service``."""
