"""Plans a run of a layer step by step, as zos would execute it."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from zos_monitor.demo import cast
from zos_monitor.demo.layers import Layer
from zos_monitor.demo.mishaps import Deck, Mishap, Takes, error_text
from zos_monitor.demo.prices import REFLECTION, UNNAMED, Model
from zos_monitor.demo.steps import Begin, Call, End, Insight, RunPlan, Step, Truth

Span = tuple[float, float]
"""The least and the greatest of something, in seconds."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long calls take, in seconds."""

    first: Span
    """The first call of a run of several targets."""
    quick: Span
    """A failure that comes at once."""
    usual: Span
    slow: Span
    """A timeout, or a call that waited for the provider."""
    waits: float = 0.0
    """The share of good calls that are slow."""

    def span(self, takes: Takes) -> Span:
        """Return the bounds for something that takes so long."""
        return {"quick": self.quick, "usual": self.usual, "slow": self.slow}[takes]


@dataclass(frozen=True, slots=True)
class Manner:
    """How a run goes."""

    pace: Pace
    deck: Deck
    trouble: float = 0.0
    """The share of targets that meet a mishap from the deck; in long runs never the first one."""
    always: Mishap | None = None
    """A mishap that every target meets."""
    quiet: bool = False
    """Whether the targets turn out to hold nothing: no calls, no insights, a dry run."""
    reflection: Model = REFLECTION
    """The model behind the profile ``reflection``."""
    layer_hash: str | None = None
    """Another hash than the layer's present one."""
    targets: tuple[int, int] | None = None
    """Other bounds than the layer's for the number of targets."""
    most_unseen: int | None = None
    """How many targets, at most, meet a mishap from the deck that leaves no call behind."""


def plan_run(layer: Layer, *, number: int, at: float, rng: Random, manner: Manner) -> RunPlan:
    """Return the plan of one run that starts at a time in seconds."""
    targets = cast.topics(layer.kind, rng.randint(*(manner.targets or layer.targets)), rng)
    script = _Script(layer, number, at, rng, manner, len(targets))
    script.begin()
    for topic in targets:
        script.target(topic)
    script.end()
    return RunPlan(number, layer, targets, tuple(script.steps))


class _Script:
    """Writes down the steps of one run while its clock moves on."""

    def __init__(
        self, layer: Layer, number: int, at: float, rng: Random, manner: Manner, matched: int
    ) -> None:
        self.steps: list[Step] = []
        self._layer, self._number, self._manner, self._rng = layer, number, manner, rng
        self._clock = at
        self._matched = matched
        self._done = 0
        self._insights = 0
        self._unseen = 0
        self._errors: list[dict[str, str]] = []
        self._tokens_in = self._tokens_out = 0

    def begin(self) -> None:
        layer_hash = self._manner.layer_hash or self._layer.layer_hash
        self.steps.append(
            Begin(
                at=self._clock,
                run=self._number,
                truth=self._truth(),
                layer=self._layer,
                layer_hash=layer_hash,
                matched=self._matched,
            )
        )

    def target(self, topic: str) -> None:
        if self._manner.quiet:
            self._done += 1
            return
        mishap = self._mishap()
        if mishap is not None and mishap.where != "store":
            self._fail_early(topic, mishap)
            return
        tokens_in = tokens_out = 0
        for index, (call_type, model) in enumerate(self._layer.calls):
            last = index == len(self._layer.calls) - 1
            if last and mishap is not None:
                self._note(topic, mishap, "store")
            elif last and self._layer.category is None:
                self._done += 1
            call = self._call(topic, call_type, model)
            tokens_in += call.tokens_in
            tokens_out += call.tokens_out
        if mishap is None:
            self._tokens_in += tokens_in
            self._tokens_out += tokens_out
            self._keep(topic)

    def end(self) -> None:
        failed = len(self._errors)
        processed = self._matched - failed
        named = self._layer.row_model if self._tokens_in else None
        model = named and self._present(named)
        self._clock += self._rng.uniform(0.02, 0.06)
        self.steps.append(
            End(
                at=self._clock,
                run=self._number,
                truth=self._truth(finished=True),
                status=_status(self._matched, failed, self._insights),
                processed=processed,
                skipped=failed,
                insights=self._insights,
                tokens_in=self._tokens_in,
                tokens_out=self._tokens_out,
                # As zos reckons: all tokens at one model's price, failed targets left out.
                cost=(model or UNNAMED).cost(self._tokens_in, self._tokens_out),
                model=model,
                errors=tuple(self._errors),
            )
        )

    def _mishap(self) -> Mishap | None:
        spared = self._matched > 1 and self._done == 0
        if self._manner.always is not None or spared:
            return self._manner.always
        if self._rng.random() >= self._manner.trouble:
            return None
        most = self._manner.most_unseen
        mishap = self._manner.deck.deal(unseen=most is None or self._unseen < most)
        self._unseen += mishap.unseen
        return mishap

    def _fail_early(self, topic: str, mishap: Mishap) -> None:
        seconds = self._rng.uniform(*self._manner.pace.span(mishap.takes))
        node = "fetch_recent_messages" if mishap.where == "fetch" else self._layer.node
        self._note(topic, mishap, node)
        if mishap.where == "call" and mishap.recorded:
            call_type, model = self._layer.calls[0]
            self._call(topic, call_type, model, seconds, self._errors[-1]["error"])
        else:
            self._clock += seconds

    def _note(self, topic: str, mishap: Mishap, node: str) -> None:
        text = error_text(mishap, self._rng)
        self._errors.append({"topic": topic, "error": text, "node": node})
        self._done += 1

    def _call(
        self,
        topic: str,
        call_type: str,
        model: Model,
        seconds: float | None = None,
        error: str | None = None,
    ) -> Call:
        seconds = self._seconds() if seconds is None else seconds
        self._clock += seconds
        rng = self._rng
        size = self._layer.tokens if call_type != "filter" else 900
        step = Call(
            at=self._clock,
            run=self._number,
            truth=self._truth(),
            topic=topic,
            call_type=call_type,
            model=self._present(model),
            tokens_in=0 if error is not None else round(size * rng.uniform(0.8, 1.25)),
            tokens_out=0 if error is not None else rng.randint(110, 320),
            latency_ms=round(seconds * 1000),
            prompt=rng.choice(cast.PROMPTS),
            answer=rng.choice(cast.INSIGHTS),
            error=error,
        )
        self.steps.append(step)
        return step

    def _keep(self, topic: str) -> None:
        category = self._layer.category
        if category is None:
            # Now and then the filter keeps an answer back: the run is dry.
            self._insights += self._rng.random() < 0.85
            return
        self._insights += 1
        self._done += 1
        self._clock += self._rng.uniform(0.01, 0.05)
        self.steps.append(
            Insight(
                at=self._clock,
                run=self._number,
                truth=self._truth(),
                topic=topic,
                category=category,
                content=" ".join(self._rng.sample(cast.INSIGHTS, self._rng.randint(1, 3))),
                strength=round(self._rng.uniform(1, 9), 2),
                confidence=round(self._rng.uniform(0.3, 0.9), 2),
            )
        )

    def _seconds(self) -> float:
        pace = self._manner.pace
        if self._matched > 1 and not any(isinstance(step, Call) for step in self.steps):
            return self._rng.uniform(*pace.first)
        return self._rng.uniform(*(pace.slow if self._rng.random() < pace.waits else pace.usual))

    def _present(self, model: Model) -> Model:
        return self._manner.reflection if model is REFLECTION else model

    def _truth(self, *, finished: bool = False) -> Truth:
        failed = len(self._errors)
        return Truth(self._layer.name, self._matched, self._done, failed, finished)


def _status(matched: int, failed: int, insights: int) -> str:
    if matched and failed == matched:
        return "failed"
    if failed:
        return "partial"
    return "success" if insights else "dry"
