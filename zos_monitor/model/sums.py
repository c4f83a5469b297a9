"""Sums over runs, which can be added and taken away: what totals are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from zos_monitor.model.filters import TimeBounds
from zos_monitor.model.states import RunState
from zos_monitor.model.stats import LayerTotals, Totals, add_up
from zos_monitor.model.times import parse_stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Sums over some runs of one layer.

    ``tokened`` and ``costed`` count the runs whose tokens and cost are recorded, ``stored`` those
    whose own row says a cost, ``timed`` those with a duration (seconds), and ``begun`` those with
    an instant of start: ``first`` and ``last`` of these are as stored, in the order in which runs
    are listed. Of the open runs, whose rows say no cost before their end, ``waiting`` counts those
    that have none recorded yet, and ``open_cost_usd`` sums that of the others.
    """

    layer_name: str
    counts: Mapping[RunState, int] = field(default_factory=dict)
    insights: int = 0
    tokened: int = 0
    tokens: int = 0
    costed: int = 0
    cost_usd: float = 0.0
    stored: int = 0
    stored_cost_usd: float = 0.0
    waiting: int = 0
    open_cost_usd: float = 0.0
    timed: int = 0
    seconds: float = 0.0
    begun: int = 0
    first: str | None = None
    last: str | None = None

    @property
    def runs(self) -> int:
        """How many runs there are, of every state."""
        return sum(self.counts.values())

    def plus(self, other: Sums) -> Sums:
        """Return the sums over these runs and others."""
        return replace(
            self._counted(other, 1),
            first=min(filter(None, (self.first, other.first)), default=None),
            last=max(filter(None, (self.last, other.last)), default=None),
        )

    def minus(self, gone: Sums, *, first: str | None) -> Sums:
        """Return the sums without some of these runs, the first ones by their start.

        ``first`` is the first start that is left.
        """
        left = self._counted(gone, -1)
        return replace(left, first=first, last=self.last if left.begun else None)

    def _counted(self, other: Sums, sign: int) -> Sums:
        counts = {
            state: self.counts.get(state, 0) + sign * other.counts.get(state, 0)
            for state in {**self.counts, **other.counts}
        }
        return replace(
            self,
            counts={state: count for state, count in counts.items() if count},
            insights=self.insights + sign * other.insights,
            tokened=self.tokened + sign * other.tokened,
            tokens=self.tokens + sign * other.tokens,
            costed=self.costed + sign * other.costed,
            cost_usd=self.cost_usd + sign * other.cost_usd,
            stored=self.stored + sign * other.stored,
            stored_cost_usd=self.stored_cost_usd + sign * other.stored_cost_usd,
            waiting=self.waiting + sign * other.waiting,
            open_cost_usd=self.open_cost_usd + sign * other.open_cost_usd,
            timed=self.timed + sign * other.timed,
            seconds=self.seconds + sign * other.seconds,
            begun=self.begun + sign * other.begun,
        )


LayerSums = Mapping[str, Sums]
"""Sums by a key of the layer's name as stored; several names may be shown as the same text."""


def added(one: LayerSums, other: LayerSums) -> LayerSums:
    """Return the sums over the runs of both, which have none in common."""
    both = dict(one)
    for key, sums in other.items():
        both[key] = both[key].plus(sums) if key in both else sums
    return both


def taken_away(sums: LayerSums, gone: LayerSums, firsts: Mapping[str, str]) -> LayerSums | None:
    """Return the sums without some of the runs, the first ones of their layers.

    ``firsts`` has the first start that is left of each layer that lost runs, where there is one.
    None is returned where such runs cannot have been among them.
    """
    left = dict(sums)
    for key, lost in gone.items():
        if key not in left:
            return None
        left[key] = left[key].minus(lost, first=firsts.get(key))
        if any(count < 0 for count in left[key].counts.values()):
            return None
        if not left[key].counts:
            del left[key]
    return left


def totals_of(sums: LayerSums, bounds: TimeBounds) -> Totals:
    """Return the totals that sums by layer amount to."""
    by_name: dict[str, list[LayerTotals]] = {}
    for one in sums.values():
        by_name.setdefault(one.layer_name, []).append(_layer(one))
    layers = tuple(_shown_alike(by_name[name]) for name in sorted(by_name))
    return Totals(since=bounds.since, until=bounds.until, overall=add_up(layers), by_layer=layers)


def _layer(sums: Sums) -> LayerTotals:
    return LayerTotals(
        layer_name=sums.layer_name,
        counts=dict(sums.counts),
        insights=sums.insights,
        tokens=sums.tokens if sums.tokened else None,
        cost_usd=sums.cost_usd if sums.costed else None,
        uncosted=sums.runs - sums.costed - sums.waiting,
        open_cost_usd=sums.open_cost_usd,
        stored_cost_usd=sums.stored_cost_usd if sums.stored else None,
        timed=sums.timed,
        seconds=sums.seconds if sums.timed else 0.0,
        first_started=parse_stored(sums.first),
        last_started=parse_stored(sums.last),
    )


def _shown_alike(layers: Iterable[LayerTotals]) -> LayerTotals:
    first, *others = layers
    if not others:
        return first
    together = add_up((first, *others))
    return LayerTotals(
        layer_name=first.layer_name,
        **{name: getattr(together, name) for name in together.__dataclass_fields__},
    )
