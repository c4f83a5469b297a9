"""The figures that runs can be sorted by, as SQL over ``layer_runs AS r``."""

from __future__ import annotations

from zos_monitor.model.sorting import SortKey
from zos_monitor.store.schema import Schema, finite, julian_day, whole


def figure_sql(key: SortKey, schema: Schema) -> str:
    """Return the SQL of a run's figure: a number, NULL where it has none.

    An open run has neither a duration nor insights yet. Tokens and cost are the sums over the
    run's calls; where none is recorded, what its own row says. The SQL may call the functions of
    ``SQL_FUNCTIONS``.
    """
    began, ended = julian_day("r.started_at"), julian_day("r.completed_at")
    match key:
        case SortKey.START:
            return began
        case SortKey.DURATION:
            # To the millisecond, which is what these days are exact to: equal ones are to be equal.
            return f"CASE WHEN {ended} >= {began} THEN round(({ended} - {began}) * 86400000) END"
        case SortKey.COST:
            own = finite(schema.column("layer_runs", "estimated_cost_usd", "r"))
            return _by_calls(schema, finite("c.estimated_cost_usd"), own)
        case SortKey.TOKENS:
            own = whole(schema.column("layer_runs", "tokens_total", "r"))
            return _by_calls(schema, whole("c.tokens_total"), own)
        case SortKey.INSIGHTS:
            created = whole(schema.column("layer_runs", "insights_created", "r"))
            return f"CASE WHEN r.completed_at IS NOT NULL THEN {created} END"
        case SortKey.ERRORS:
            return _errors(schema.column("layer_runs", "errors", "r"))


def _by_calls(schema: Schema, column: str, own: str) -> str:
    if "llm_calls" not in schema.tables:
        return own
    total = f"CASE WHEN count({column}) THEN total({column}) END"  # sum() fails where it overflows
    return f"coalesce((SELECT {total} FROM llm_calls AS c WHERE c.layer_run_id = r.id), {own})"


def _errors(column: str) -> str:
    none = f"{column} IS NULL OR {column} = 'null'"  # most runs, for which no function is called
    return f"CASE WHEN {none} THEN 0 ELSE zos_error_count(CAST({column} AS BLOB)) END"
