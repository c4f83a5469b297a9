"""The rules of a check: facts in, findings out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType

from zos_monitor.model import phrases
from zos_monitor.model.checks import (
    Bounds,
    Facts,
    Finding,
    LayerFacts,
    Level,
    Limits,
    Rule,
)
from zos_monitor.model.states import RunState
from zos_monitor.model.text import cells, one_line

MOST_NAMES = 3
_NAME = 60


def judge(facts: Facts, limits: Limits) -> tuple[Finding, ...]:
    """Return what the rules that are on have found, the worst first."""
    found = [
        finding for rule in Rule if rule in limits.rules for finding in _RULES[rule](facts, limits)
    ]
    return tuple(sorted(found, key=lambda finding: -finding.level))  # it keeps the rules' order


def age_bounds(layer: LayerFacts, limits: Limits) -> Bounds:
    """Return how old a layer's last good run may be, in seconds."""
    seconds = layer.period.total_seconds() if layer.period is not None else None

    def bound(by_hand: float | None, periods: float | None) -> float | None:
        if by_hand is not None or periods is None or seconds is None:
            return by_hand
        return round(periods * seconds, 6)

    return Bounds(
        warning=bound(limits.age.warning, limits.age_periods.warning),
        critical=bound(limits.age.critical, limits.age_periods.critical),
    )


def span_words(span: timedelta) -> str:
    """Return a span in one unit, as it is typed: ``24h``, ``7d``, ``90m``.

    >>> span_words(timedelta(hours=24)), span_words(timedelta(days=7))
    ('24h', '7d')
    """
    seconds = int(span.total_seconds())
    if seconds % 86400 == 0 and seconds > 2 * 86400:
        return f"{seconds // 86400}d"
    for unit, length in (("h", 3600), ("m", 60)):
        if seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"


def _above(value: float, bounds: Bounds) -> Level:
    if bounds.critical is not None and value > bounds.critical:
        return Level.CRITICAL
    return Level.WARNING if bounds.warning is not None and value > bounds.warning else Level.OK


def _from(number: int, bounds: Bounds) -> Level:
    if bounds.critical is not None and number >= bounds.critical:
        return Level.CRITICAL
    return Level.WARNING if bounds.warning is not None and number >= bounds.warning else Level.OK


def _age(facts: Facts, limits: Limits) -> Iterator[Finding]:
    for layer in sorted(facts.layers or (), key=lambda layer: layer.layer_name):
        bounds = age_bounds(layer, limits)
        name = _name(layer.layer_name)
        if layer.last_good is None:
            level = Level.WARNING if layer.ran and bounds != Bounds() else Level.OK
            words, age = f"{name} has never succeeded", None
        else:
            age = (facts.now - layer.last_good).total_seconds()
            level = _above(age, bounds)
            if layer.dry_streak:
                level = min(level, Level.WARNING)  # it has run since: there was nothing to do
            words = f"{name} last succeeded {phrases.ago(layer.last_good, facts.now)}"
        if level:
            yield Finding(
                rule=Rule.AGE,
                level=level,
                message=words,
                value=age,
                bounds=bounds,
                layer_name=layer.layer_name,
            )


def _failed(facts: Facts, limits: Limits) -> Iterator[Finding]:
    return _share(facts, limits, Rule.FAILED, RunState.FAILED, limits.failed)


def _partial(facts: Facts, limits: Limits) -> Iterator[Finding]:
    return _share(facts, limits, Rule.PARTIAL, RunState.PARTIAL, limits.partial)


def _share(
    facts: Facts, limits: Limits, rule: Rule, state: RunState, bounds: Bounds
) -> Iterator[Finding]:
    share = facts.share(state)
    if share is None or facts.decided < limits.least_runs:
        return
    level = _above(share, bounds)
    if level:
        count = facts.counts.get(state, 0)
        words = f"{count:,} of {phrases.plural(facts.decided, 'run')} {state}"
        words += f" in {span_words(facts.window)} ({phrases.percent(share)})"
        yield Finding(rule=rule, level=level, message=words, value=share, bounds=bounds)


def _stalled(facts: Facts, limits: Limits) -> Iterator[Finding]:
    level = _from(facts.stalled, limits.stalled)
    if not level:
        return
    silent = [run.layer_name for run in facts.open_runs if run.state is RunState.STALLED]
    interrupted = facts.counts.get(RunState.INTERRUPTED, 0)
    words = []
    if silent:
        words.append(f"{phrases.plural(len(silent), 'run')} stalled: {_names(silent)}")
    if interrupted:
        told = phrases.plural(interrupted, "run")
        words.append(f"{told} interrupted in {span_words(facts.window)}")
    yield Finding(
        rule=Rule.STALLED,
        level=level,
        message=", ".join(words),
        value=facts.stalled,
        bounds=limits.stalled,
        layer_name=silent[0] if len(set(silent)) == 1 and not interrupted else None,
    )


def _missed(facts: Facts, limits: Limits) -> Iterator[Finding]:
    missed = facts.night.missed if facts.night is not None else ()
    level = _from(len(missed), limits.missed)
    if facts.night is not None and level:
        words = f"{phrases.plural(len(missed), 'layer')} missed on {facts.night.date}"
        yield Finding(
            rule=Rule.MISSED,
            level=level,
            message=f"{words} (or nothing eligible): {_names(missed)}",
            value=len(missed),
            bounds=limits.missed,
            layer_name=missed[0] if len(missed) == 1 else None,
        )


def _dry(facts: Facts, limits: Limits) -> Iterator[Finding]:
    for layer in sorted(facts.layers or (), key=lambda layer: layer.layer_name):
        level = _from(layer.dry_streak, limits.dry)
        if level:
            nights = phrases.plural(layer.dry_streak, "night")
            yield Finding(
                rule=Rule.DRY,
                level=level,
                message=f"{_name(layer.layer_name)} dry for {nights}",
                value=layer.dry_streak,
                bounds=limits.dry,
                layer_name=layer.layer_name,
            )


def _cost(facts: Facts, limits: Limits) -> Iterator[Finding]:
    level = _above(facts.cost_usd or 0.0, limits.cost)
    if level:
        bounds = limits.cost
        over = bounds.critical if level is Level.CRITICAL else bounds.warning
        cost = phrases.partial_cost(facts.cost_usd, facts.uncosted)
        words = f"{cost} in {span_words(facts.window)}, over the budget of {phrases.cost(over)}"
        yield Finding(
            rule=Rule.COST, level=level, message=words, value=facts.cost_usd, bounds=bounds
        )


def _names(names: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(names))
    told = ", ".join(map(_name, distinct[:MOST_NAMES]))
    more = len(distinct) - MOST_NAMES
    return f"{told} and {more} more" if more > 0 else told


def _name(layer_name: str) -> str:
    name = one_line(layer_name)
    while cells(name) > _NAME:
        name = name[: max(len(name) * _NAME // cells(name), 1) - 1].rstrip("…") + "…"
    return name


_RULES: Mapping[Rule, Callable[[Facts, Limits], Iterator[Finding]]] = MappingProxyType(
    {
        Rule.AGE: _age,
        Rule.FAILED: _failed,
        Rule.PARTIAL: _partial,
        Rule.STALLED: _stalled,
        Rule.MISSED: _missed,
        Rule.DRY: _dry,
        Rule.COST: _cost,
    }
)
