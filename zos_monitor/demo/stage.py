"""Puts planned steps into a database."""

from __future__ import annotations

from datetime import datetime

from zos_monitor.demo.cast import SERVER_ID
from zos_monitor.demo.steps import Begin, Call, End, Insight, Step, Talk
from zos_monitor.demo.writer import ZosWriter


class Stage:
    """Plays steps through a writer and remembers which row is which run.

    A step that could not be written leaves nothing behind and may be played again. At a ``speed``
    above 1, calls are recorded as so much quicker than planned.
    """

    def __init__(self, writer: ZosWriter, *, speed: float = 1.0) -> None:
        self._writer = writer
        self._speed = speed
        self._ids: dict[int, str] = {}

    def play(self, step: Step, instant: datetime) -> str | None:
        """Write one step as happening at an instant; return the id of its run, if it has one."""
        match step:
            case Begin():
                return self._begin(step, instant)
            case Call():
                return self._call(step, instant)
            case Insight():
                return self._insight(step, instant)
            case End():
                return self._end(step, instant)
            case Talk():
                self._writer.message(
                    step.channel_id,
                    step.author_id,
                    created_at=instant,
                    content=step.content,
                    server_id=SERVER_ID,
                )
        return None

    def _begin(self, step: Begin, instant: datetime) -> str:
        run_id = self._writer.start_run(
            step.layer.name,
            started_at=instant,
            targets_matched=step.matched,
            layer_hash=step.layer_hash,
            model_profile=step.layer.profile,
        )
        self._ids[_number(step)] = run_id
        return run_id

    def _call(self, step: Call, instant: datetime) -> str | None:
        run_id = None if step.run is None else self._ids[step.run]
        self._writer.call(
            run_id,
            step.topic,
            created_at=instant,
            tokens_in=step.tokens_in,
            tokens_out=step.tokens_out,
            cost=step.model.cost(step.tokens_in, step.tokens_out),
            latency_ms=round(step.latency_ms / self._speed),
            success=step.error is None,
            error=step.error,
            call_type=step.call_type,
            model=step.model,
            prompt=step.prompt,
            response=step.answer,
        )
        return run_id

    def _insight(self, step: Insight, instant: datetime) -> str:
        run_id = self._ids[_number(step)]
        self._writer.insight(
            run_id,
            step.topic,
            created_at=instant,
            content=step.content,
            category=step.category,
            strength=step.strength,
            confidence=step.confidence,
        )
        return run_id

    def _end(self, step: End, instant: datetime) -> str:
        run_id = self._ids[_number(step)]
        self._writer.finish_run(
            run_id,
            completed_at=instant,
            processed=step.processed,
            status=step.status,
            skipped=step.skipped,
            insights=step.insights,
            tokens_in=step.tokens_in,
            tokens_out=step.tokens_out,
            cost=step.cost,
            errors=step.errors or None,
            model=step.model,
        )
        del self._ids[_number(step)]
        return run_id


def _number(step: Step) -> int:
    if step.run is None:
        raise ValueError("a step of a run needs the run's number")
    return step.run
