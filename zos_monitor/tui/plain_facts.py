"""Facts for the clipboard: what is stored, as it is stored."""

from __future__ import annotations

from zos_monitor.model.calls import Call, Insight
from zos_monitor.model.workings import Target


def facts(*pairs: tuple[str, object]) -> str:
    """Return facts by their labels, a line for each; None is left out."""
    return "\n".join(f"{label}: {value}" for label, value in pairs if value is not None)


def call_facts(call: Call) -> str:
    """Return a call's facts, a line for each that is recorded."""
    latency = call.latency.total_seconds() * 1000 if call.latency is not None else None
    return facts(
        ("id", call.id),
        ("topic", call.topic),
        ("name", call.topic_name),
        ("type", call.kind),
        ("model", call.model_name),
        ("model provider", call.model_provider),
        ("model profile", call.model_profile),
        ("tokens in", call.tokens_input),
        ("tokens out", call.tokens_output),
        ("tokens", call.tokens_total),
        ("cost in USD", call.cost_usd),
        ("latency in ms", f"{latency:.0f}" if latency is not None else None),
        ("succeeded", {True: "yes", False: "no", None: None}[call.succeeded]),
        ("ended", call.ended_at),
        ("error", call.error or None),
    )


def insight_facts(insight: Insight) -> str:
    """Return an insight's facts and how its content begins."""
    return facts(
        ("id", insight.id),
        ("topic", insight.topic),
        ("name", insight.topic_name),
        ("category", insight.category),
        ("strength", insight.strength),
        ("confidence", insight.confidence),
        ("importance", insight.importance),
        ("made", insight.created_at),
        ("content", insight.gist),
    )


def target_facts(target: Target) -> str:
    """Return what is recorded of a target."""
    return facts(
        ("topic", target.topic),
        ("name", target.topic_name),
        ("outcome", target.outcome),
        ("calls", target.calls),
        ("failed calls", target.failed_calls),
        ("insights", target.insights),
        ("errors", target.errors),
        ("tokens", target.tokens),
        ("cost in USD", target.cost_usd),
        ("began", target.began_at),
        ("ended", target.ended_at),
    )
