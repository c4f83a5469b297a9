"""The steps of which runs consist: what zos commits, when, and how far the run then really is."""

from __future__ import annotations

from dataclasses import dataclass

from zos_monitor.demo.layers import Layer
from zos_monitor.demo.prices import Model


@dataclass(frozen=True, slots=True)
class Truth:
    """How far a run really is: what a monitor can only estimate."""

    layer: str
    matched: int
    done: int
    """Targets that are over with, well or badly."""
    failed: int
    """Those of them that failed."""
    finished: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One commit. ``at`` is in seconds from the start of the plan, ``run`` the run's number."""

    at: float
    run: int | None = None
    truth: Truth | None = None
    """The state of the run once this step is committed; None where it belongs to no run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin(Step):
    """A run's row appears."""

    layer: Layer
    layer_hash: str
    matched: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Step):
    """A call ends, well or, where it has an error, badly."""

    topic: str | None
    call_type: str
    model: Model
    tokens_in: int
    tokens_out: int
    latency_ms: int
    prompt: str
    answer: str
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight(Step):
    """An insight is stored."""

    topic: str
    category: str
    content: str
    strength: float
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class End(Step):
    """A run's row gets its one update."""

    status: str
    processed: int
    skipped: int
    insights: int
    tokens_in: int
    tokens_out: int
    cost: float
    model: Model | None
    errors: tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk(Step):
    """Someone says something: a commit that concerns no run."""

    channel_id: str
    author_id: str
    content: str


@dataclass(frozen=True, slots=True)
class RunPlan:
    """The steps of one run, in order of time, from its Begin to its End."""

    number: int
    layer: Layer
    targets: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def starts(self) -> float:
        """When its row appears, in seconds."""
        return self.steps[0].at

    @property
    def ends(self) -> float:
        """When its last step is committed, in seconds."""
        return self.steps[-1].at

    def truth_at(self, seconds: float) -> Truth | None:
        """Return how far the run is at that time, or None before it has begun."""
        past = [step.truth for step in self.steps if step.at <= seconds]
        return past[-1] if past else None

    def killed_after(self, count: int) -> RunPlan:
        """Return the run as it stays when zos is killed after its first ``count`` steps."""
        return RunPlan(self.number, self.layer, self.targets, self.steps[:count])


def in_order(plans: list[RunPlan]) -> list[Step]:
    """Return the steps of several runs as they interleave."""
    return sorted((step for plan in plans for step in plan.steps), key=lambda step: step.at)
