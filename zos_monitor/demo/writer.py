"""A writer of zos databases: the same tables, the same encodings, one commit per step."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from zos_monitor.demo.places import PlaceWriter
from zos_monitor.demo.prices import REFLECTION, Model

PLAIN_START = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
"""When a raw row starts unless told otherwise."""
MILD: Mapping[str, float] = {"curiosity": 0.6, "warmth": 0.5}
"""The feelings of an insight unless told otherwise; zos requires at least one."""


class ZosWriter(PlaceWriter):
    """Writes runs, calls and insights to a database as zos does, each as its own commit.

    Instants are aware datetimes, tokens are counts, costs are US dollars, latencies are
    milliseconds. See ``ZosFile`` for opening, batches and locks.
    """

    def start_run(
        self,
        layer: str,
        *,
        started_at: datetime,
        targets_matched: int,
        run_id: str | None = None,
        layer_hash: str = "5f0c1ab2d94e7736",
        model_profile: str | None = "reflection",
    ) -> str:
        """Insert the row of a run that begins, with status ``dry`` and zeros; return its id."""
        return self.raw_run(
            id=run_id or self._ulids.make(started_at),
            layer_name=layer,
            layer_hash=layer_hash,
            started_at=started_at,
            completed_at=None,
            status="dry",
            targets_matched=targets_matched,
            targets_processed=0,
            insights_created=0,
            model_profile=model_profile,
            model_provider=None,
            model_name=None,
            tokens_input=None,
            tokens_output=None,
            tokens_total=None,
            estimated_cost_usd=None,
        )

    def finish_run(
        self,
        run_id: str,
        *,
        completed_at: datetime,
        processed: int,
        status: str = "success",
        skipped: int = 0,
        insights: int = 0,
        tokens_in: int | None = 0,
        tokens_out: int | None = 0,
        cost: float | None = 0.0,
        errors: Sequence[Mapping[str, object]] | None = None,
        model: Model | None = None,
    ) -> None:
        """Update a run's row once, at its end. Without a model its columns stay NULL.

        ``errors`` become ASCII JSON, None becomes the JSON text ``null``. Raises KeyError for an
        unknown run.
        """
        total = None if tokens_in is None or tokens_out is None else tokens_in + tokens_out
        self.update(
            "layer_runs",
            run_id,
            completed_at=completed_at,
            status=status,
            targets_processed=processed,
            targets_skipped=skipped,
            insights_created=insights,
            model_provider=model.provider if model else None,
            model_name=model.name if model else None,
            tokens_input=tokens_in,
            tokens_output=tokens_out,
            tokens_total=total,
            estimated_cost_usd=cost,
            errors=json.dumps(errors),
        )

    def raw_run(self, **columns: object) -> str:
        """Insert a row of ``layer_runs`` as told and return its id.

        Columns that are not given look like a plain finished success. Values go in as they are,
        odd ones too; see ``insert``.
        """
        started_at = columns.get("started_at", PLAIN_START)
        plain = started_at if isinstance(started_at, datetime) else PLAIN_START
        row: dict[str, object] = {
            "id": columns["id"] if "id" in columns else self._ulids.make(plain),
            "layer_name": "nightly-user-reflection",
            "layer_hash": "5f0c1ab2d94e7736",
            "started_at": plain,
            "completed_at": started_at,
            "status": "success",
            "targets_matched": 1,
            "targets_processed": 1,
            "targets_skipped": 0,
            "insights_created": 1,
            "model_profile": REFLECTION.profile,
            "model_provider": REFLECTION.provider,
            "model_name": REFLECTION.name,
            "tokens_input": 3000,
            "tokens_output": 200,
            "tokens_total": 3200,
            "estimated_cost_usd": 0.012,
            "errors": "null",
        }
        self.insert("layer_runs", **row | columns)
        return str(row["id"])

    def call(
        self,
        run_id: str | None,
        topic: str | None,
        *,
        created_at: datetime,
        tokens_in: int = 3000,
        tokens_out: int = 200,
        cost: float | None = 0.012,
        latency_ms: int | None = 9000,
        success: bool = True,
        error: str | None = None,
        call_type: str = "reflection",
        model: Model = REFLECTION,
        prompt: str = "Reflect on what was said since yesterday.",
        response: str | None = "A quiet day.",
    ) -> str:
        """Insert one language model call, which ended at ``created_at``; return its id.

        A failed call has no response. ``run_id`` is None for calls outside of any run.
        """
        call_id = self._ulids.make(created_at)
        self.insert(
            "llm_calls",
            id=call_id,
            layer_run_id=run_id,
            topic_key=topic,
            call_type=call_type,
            model_profile=model.profile,
            model_provider=model.provider,
            model_name=model.name,
            prompt=prompt,
            response=response if success else None,
            tokens_input=tokens_in,
            tokens_output=tokens_out,
            tokens_total=tokens_in + tokens_out,
            estimated_cost_usd=cost,
            latency_ms=latency_ms,
            success=success,
            error_message=error,
            created_at=created_at,
        )
        return call_id

    def insight(
        self,
        run_id: str,
        topic: str,
        *,
        created_at: datetime,
        content: str = "They came back to an old question with more patience.",
        category: str = "user_reflection",
        strength: float = 5.0,
        confidence: float = 0.6,
        importance: float = 0.5,
        novelty: float = 0.4,
        valence: Mapping[str, float] = MILD,
        **columns: object,
    ) -> str:
        """Insert an insight, and its topic where that is new; return the insight's id.

        ``valence`` maps a feeling (``joy``, ``concern`` …) to 0..1. ``columns`` sets any other
        column.
        """
        insight_id = self._ulids.make(created_at)
        row: dict[str, object] = {
            "id": insight_id,
            "topic_key": topic,
            "category": category,
            "content": content,
            "sources_scope_max": "public",
            "created_at": created_at,
            "layer_run_id": run_id,
            "quarantined": False,
            "salience_spent": 4.0,
            "strength_adjustment": 1.7,
            "strength": strength,
            "original_topic_salience": 36.0,
            "confidence": confidence,
            "importance": importance,
            "novelty": novelty,
            **{f"valence_{feeling}": amount for feeling, amount in valence.items()},
            **dict.fromkeys(
                ("open_questions", "participants", "conflicts_with", "synthesis_source_ids"), "null"
            ),
        }
        with self.batch():
            self.topic(topic, at=created_at)
            self.insert("insights", **row | columns)
        return insight_id
