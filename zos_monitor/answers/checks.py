"""Whether all is well, for cron and monitoring systems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from zos_monitor.answers.encoding import dollars, instant
from zos_monitor.answers.exact import newest_of, of_layer
from zos_monitor.answers.filters import narrowed
from zos_monitor.model.check_rules import judge
from zos_monitor.model.check_words import metrics, plugin_line, safe, summary
from zos_monitor.model.checks import (
    Facts,
    Finding,
    LayerFacts,
    Level,
    Limits,
    NightFacts,
    OpenFacts,
    Rule,
    worst,
)
from zos_monitor.model.faults import NotFound
from zos_monitor.model.news import PENDING
from zos_monitor.model.nights import LayerNight, Nights, Outcome
from zos_monitor.model.schedule import Schedule, period_at
from zos_monitor.model.states import RunState
from zos_monitor.model.wildcards import matches

if TYPE_CHECKING:
    from zos_monitor.questions import Service

MOST_OPEN = 1000
"""How many open runs are looked at, the newest."""

_BY_NIGHTS = frozenset({Rule.AGE, Rule.MISSED, Rule.DRY})
_RAN_LATE = (RunState.RUNNING, RunState.SUCCESS, RunState.PARTIAL, RunState.DRY)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingAnswer:
    """What a rule found that is not well: ``value`` was held against ``warning``, ``critical``.

    These are seconds for ``age``, shares (0 to 1) for ``failed`` and ``partial``, US dollars for
    ``cost``, else numbers. ``layer_name`` is null where it is not about a single layer.
    """

    rule: str
    level: str
    layer_name: str | None
    value: float | None
    warning: float | None
    critical: float | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckAnswer:
    """Whether all is well: ``status`` is ok, warning, critical or unknown, the worst of all rules.

    ``exit_status`` is that of a monitoring plugin, ``output`` its line. The figures are over the
    runs begun in the ``window_hours`` up to ``at``, null where they were not asked for.
    """

    status: str
    exit_status: int
    at: str | None
    window_hours: float | None
    message: str
    output: str
    findings: list[FindingAnswer]
    figures: dict[str, float]


async def check(
    service: Service, limits: Limits, *, window: timedelta, patterns: Sequence[str] = ()
) -> CheckAnswer:
    """Ask whether all is well with the layers that match one of the patterns; without any, all.

    Raises NotFound where there is no layer to judge.
    """
    facts = await facts_of(service, limits, window=window, patterns=patterns)
    findings = judge(facts, limits)
    level, words = worst(findings), summary(facts, findings)
    figures = metrics(facts, limits)
    return CheckAnswer(
        status=level.name.lower(),
        exit_status=level,
        at=instant(facts.now),
        window_hours=window.total_seconds() / 3600,
        message=safe(words),
        output=plugin_line(level, words, figures),
        findings=[_finding(finding) for finding in findings],
        figures={figure.label: round(figure.value, 9) for figure in figures},
    )


def unknown(message: str, at: datetime | None = None) -> CheckAnswer:
    """Return the answer where nobody can tell whether all is well, and why."""
    return CheckAnswer(
        status=Level.UNKNOWN.name.lower(),
        exit_status=Level.UNKNOWN,
        at=instant(at),
        window_hours=None,
        message=safe(message),
        output=plugin_line(Level.UNKNOWN, message),
        findings=[],
        figures={},
    )


def _finding(finding: Finding) -> FindingAnswer:
    return FindingAnswer(
        rule=finding.rule,
        level=finding.level.name.lower(),
        layer_name=finding.layer_name,
        value=dollars(finding.value),
        warning=dollars(finding.bounds.warning),
        critical=dollars(finding.bounds.critical),
        message=safe(finding.message),
    )


async def facts_of(
    service: Service, limits: Limits, *, window: timedelta, patterns: Sequence[str] = ()
) -> Facts:
    """Ask for what the rules that are on need. Raises NotFound where there is no layer."""
    now = service.clock()

    def meant(layer_name: str) -> bool:
        return not patterns or any(matches(one, layer_name, whole=True) for one in patterns)

    known = [name for name in await service.known_layers() if meant(name)]
    if not known:
        none = f"no layer matches {' or '.join(patterns)}"
        raise NotFound(none if patterns else "there is no layer and no run yet")
    totals = (await service.totals(narrowed(patterns=patterns, since=_before(now, window)))).overall
    open_runs = await service.newest(
        narrowed(patterns=patterns, states=("running", "stalled")), limit=MOST_OPEN
    )
    nights = await service.nights() if limits.rules & _BY_NIGHTS else None
    return Facts(
        now=now,
        window=window,
        counts=totals.counts,
        cost_usd=totals.cost_usd,
        uncosted=totals.uncosted,
        tokens=totals.tokens,
        open_runs=tuple(
            OpenFacts(
                layer_name=run.layer_name,
                state=run.state,
                last=run.activity.last if run.activity is not None else None,
            )
            for run in open_runs
        ),
        layers=await _layers(service, nights, set(known), now) if nights is not None else None,
        night=_last_night(nights, set(known)) if nights is not None else None,
    )


def _before(now: datetime, window: timedelta) -> datetime:
    try:
        return now - window
    except OverflowError:
        return datetime.min.replace(tzinfo=now.tzinfo)


async def _layers(
    service: Service, nights: Nights, meant: set[str], now: datetime
) -> tuple[LayerFacts, ...]:
    """Return the facts of the scheduled layers that something still starts."""
    found = []
    for layer in nights.layers:
        name = layer.layer_name
        if name not in meant or layer.next_at is None:
            continue
        good = await newest_of(service, of_layer(name, "status:success,partial"), name)
        ran = good or await newest_of(service, of_layer(name), name)
        found.append(
            LayerFacts(
                layer_name=name,
                period=period_at(Schedule(layer.cron, nights.zone_name), now),
                last_good=(good.completed_at or good.started_at) if good is not None else None,
                ran=ran is not None,
                dry_streak=layer.dry_streak,
            )
        )
    return tuple(found)


def _last_night(nights: Nights, meant: set[str]) -> NightFacts | None:
    """Return the last night of which anything is known by now."""
    for night in nights.nights:
        parts = [layer for layer in night.layers if layer.layer_name in meant]
        starts = Counter(slot.outcome for layer in parts for slot in layer.slots)
        if any(outcome not in PENDING for outcome in starts):
            missed = [layer.layer_name for layer in parts if _missed(layer)]
            return NightFacts(date=night.date, starts=starts, missed=tuple(missed))
    return None


def _missed(layer: LayerNight) -> bool:
    """Tell whether a layer has missed a start, and has not run after it either."""
    missed = [slot.due_at for slot in layer.slots if slot.outcome is Outcome.MISSED]
    if not missed:
        return False
    later = [run for run in layer.off_schedule if run.state in _RAN_LATE]
    later += [slot.run for slot in layer.slots if slot.run is not None]
    return not any(run.started_at > missed[-1] for run in later)
