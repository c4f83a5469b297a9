"""Redaction: answers without what is private in them, figures and all that groups them untouched.

Private are topics and their names, what errors say, and all texts that were sent, got and stored.
What stays of an error are the phrases of known causes (see ``plain_causes``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from zos_monitor.model import insight_columns
from zos_monitor.model.calls import Call, CallText, Insight, InsightText
from zos_monitor.model.causes import cause_of, identity
from zos_monitor.model.comparison import CauseCount, Comparison, FailedTopic
from zos_monitor.model.errors import RunError
from zos_monitor.model.failures import Failures
from zos_monitor.model.filters import FilterKey, RunFilter, literal, parse_filter
from zos_monitor.model.hidden import hidden_message, hidden_text
from zos_monitor.model.plain_causes import plain_part
from zos_monitor.model.present import Present
from zos_monitor.model.pseudonyms import Pseudonyms
from zos_monitor.model.runs import RunDetail, RunSlice, RunSummary
from zos_monitor.model.workings import StoredValue, Target, Workings

HIDDEN = "hidden"
"""What a text is called of which nothing may be shown."""

_REMEMBERED = 10_000
_NODE = re.compile(r"[\w.:/-]+(?: [\w.:/-]+){0,5}")
_LONGEST_NODE = 60
_PLAIN_VALUE = re.compile(r"[\w .:+-]{1,64}")
_RUN_COLUMNS = frozenset(
    {"id", "layer_name", "layer_hash", "started_at", "completed_at", "status", "targets_matched",
     "targets_processed", "targets_skipped", "insights_created", "model_profile", "model_provider",
     "model_name", "tokens_input", "tokens_output", "tokens_total", "estimated_cost_usd"}
)  # fmt: skip
_TOPIC_COLUMN = "topic_key"


class Redaction:
    """Hides what is private in answers; the same thing is called the same in all of them.

    The causes that it has hidden it knows again, so that a filter can name them.
    """

    def __init__(self, key: bytes) -> None:
        self._pseudonyms = Pseudonyms(key)
        self._real: dict[str, str] = {}  # causes by the patterns of what they are hidden by
        self._known_cause = lru_cache(maxsize=_REMEMBERED)(self._hidden_cause)

    # Causes and errors

    def cause(self, cause: str) -> str:
        """Return a cause without the words that may be private."""
        return self._known_cause(cause)

    def _hidden_cause(self, cause: str) -> str:
        part, whole = plain_part(cause)
        if whole:
            return part
        word = self._pseudonyms.of(HIDDEN, identity(cause))
        told = f"{part}: {word}" if part else word
        if len(self._real) >= _REMEMBERED:
            del self._real[next(iter(self._real))]
        self._real[identity(literal(told))] = cause
        return told

    def meant(self, flt: RunFilter) -> RunFilter:
        """Return the filter that is meant by one whose causes may be hidden ones."""
        terms = tuple(
            term._replace(values=tuple(map(self._meant, term.values)))
            if term.key is FilterKey.CAUSE
            else term
            for term in flt.terms
        )
        if terms == flt.terms:
            return flt
        meant = parse_filter(self._meant_text(flt.text))
        same = [term[:3] for term in meant.terms] == [term[:3] for term in terms]
        return meant if same else RunFilter(text=meant.text, terms=terms)

    def _meant(self, pattern: str) -> str:
        real = self._real.get(identity(pattern))
        return pattern if real is None else literal(real)

    def _meant_text(self, text: str) -> str:
        """Return a filter's text with the causes that are meant."""
        from zos_monitor.model.filter_words import split_words, write_value

        for word in reversed([*split_words(text)]):
            if word.key is not None and word.key.lower() == FilterKey.CAUSE:
                for value in reversed(word.values):
                    meant = write_value(self._meant(value.pattern), bare=False)
                    text = f"{text[: value.start]}{meant}{text[value.end :]}"
        return text

    def message(self, message: str, *, whole: bool = True) -> str:
        """Return what stands for an error's message; a part of one may be all that is known."""
        return hidden_message(self.cause(cause_of(message)), message, whole=whole)

    def topic(self, key: str | None) -> str | None:
        """Return what stands for a topic, None for none."""
        return None if key is None else self._pseudonyms.topic(key)

    def errors(self, errors: Iterable[RunError]) -> tuple[RunError, ...]:
        """Return errors that tell where they happened, of which cause they are, and no more."""
        return tuple(
            RunError(
                message=self.message(error.message),
                topic=self.topic(error.topic),
                node=self._node(error.node),
            )
            for error in errors
        )

    def _node(self, node: str | None) -> str | None:
        """Return a node's name, as an operator would give one; what is none is hidden."""
        if not node or (len(node) <= _LONGEST_NODE and _NODE.fullmatch(node)):
            return node
        return self._pseudonyms.of(HIDDEN, node)

    # Runs

    def summary(self, run: RunSummary) -> RunSummary:
        """Return a run; in the short form there is nothing to hide."""
        return self.detail(run) if isinstance(run, RunDetail) else run

    def summaries(self, runs: tuple[RunSummary, ...]) -> tuple[RunSummary, ...]:
        """Return runs of a list."""
        return tuple(map(self.summary, runs))

    def run_slice(self, found: RunSlice) -> RunSlice:
        """Return some neighbouring runs of a list."""
        return replace(found, runs=self.summaries(found.runs))

    def detail(self, run: RunDetail) -> RunDetail:
        """Return a run whose errors tell no more than their causes."""
        if not run.errors and not run.early_errors:
            return run
        return replace(
            run, errors=self.errors(run.errors), early_errors=self.errors(run.early_errors)
        )

    def present(self, present: Present) -> Present:
        """Return what is going on."""
        open_runs = (one._replace(run=self.summary(one.run)) for one in present.open_runs)
        return present._replace(open_runs=tuple(open_runs), turned=self.summaries(present.turned))

    def stored(self, values: Iterable[StoredValue]) -> tuple[StoredValue, ...]:
        """Return the columns of a run's row: those that are known to tell nothing private."""
        return tuple(
            value if value.column in _RUN_COLUMNS or _is_null(value.text) else _hidden(value)
            for value in values
        )

    # Calls and insights

    def workings(self, workings: Workings) -> Workings:
        """Return what a run has done, to topics that have no names."""
        return replace(
            workings,
            calls=tuple(map(self._call, workings.calls)),
            insights=tuple(map(self._insight, workings.insights)),
            targets=tuple(map(self._target, workings.targets)),
        )

    def _call(self, call: Call) -> Call:
        error = self.message(call.error, whole=False)
        return replace(call, topic=self.topic(call.topic), topic_name=None, error=error)

    def _insight(self, insight: Insight) -> Insight:
        gist = HIDDEN if insight.gist else ""
        return replace(insight, topic=self.topic(insight.topic), topic_name=None, gist=gist)

    def _target(self, target: Target) -> Target:
        return replace(target, topic=self.topic(target.topic), topic_name=None)

    def call_text(self, text: CallText) -> CallText:
        """Return how long the texts of a call are, and the cause of its error."""
        return CallText(
            id=text.id,
            prompt=None if text.prompt is None else hidden_text(text.prompt),
            response=None if text.response is None else hidden_text(text.response),
            error=None if text.error is None else self.message(text.error),
        )

    def insight_text(self, text: InsightText) -> InsightText:
        """Return how long an insight is, and the columns that are known to tell nothing private."""
        others = tuple((column, self._insight_value(column, told)) for column, told in text.others)
        return InsightText(id=text.id, content=hidden_text(text.content), others=others)

    def _insight_value(self, column: str, told: str) -> str:
        if column == _TOPIC_COLUMN:
            return self._pseudonyms.topic(told)
        plain = column in insight_columns.PLAIN and _PLAIN_VALUE.fullmatch(told)
        return told if plain else hidden_text(told)

    # Many runs

    def comparison(self, found: Comparison) -> Comparison:
        """Return a run beside another one."""
        return replace(
            found,
            this=self.detail(found.this),
            other=None if found.other is None else self.detail(found.other),
            new_causes=self._counts(found.new_causes),
            gone_causes=self._counts(found.gone_causes),
            newly_failing=self._failed(found.newly_failing),
            recovered=self._failed(found.recovered),
        )

    def _counts(self, counts: Iterable[CauseCount]) -> tuple[CauseCount, ...]:
        return tuple(count._replace(cause=self.cause(count.cause)) for count in counts)

    def _failed(self, topics: Iterable[FailedTopic]) -> tuple[FailedTopic, ...]:
        return tuple(
            one._replace(
                topic=self._pseudonyms.topic(one.topic),
                topic_name=None,
                cause=self.cause(one.cause),
            )
            for one in topics
        )

    def failures(self, found: Failures) -> Failures:
        """Return failure groups by causes that tell nothing private."""
        return replace(
            found,
            groups=tuple(
                replace(
                    group,
                    cause=self.cause(group.cause),
                    nodes=tuple((self._node(node) or "", n) for node, n in group.nodes),
                )
                for group in found.groups
            ),
        )


def _is_null(text: str) -> bool:
    return text in ("", "null")


def _hidden(value: StoredValue) -> StoredValue:
    """Return a column that tells no more than how long its value is, as far as that is read."""
    return value._replace(text=hidden_text(value.text))
