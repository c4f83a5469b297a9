"""The columns of zos's insights: their names are no data, what is in some of them is private."""

from __future__ import annotations

PLAIN = frozenset(
    {"id", "category", "sources_scope_max", "created_at", "layer_run_id", "supersedes",
     "quarantined", "salience_spent", "strength_adjustment", "strength", "original_topic_salience",
     "confidence", "importance", "novelty", "conflict_resolved",
     *(f"valence_{name}" for name in ("joy", "concern", "curiosity", "warmth", "tension", "awe",
                                      "grief", "longing", "peace", "gratitude"))}
)  # fmt: skip
"""Columns of figures, instants, kinds and ids."""

PRIVATE = frozenset(
    {"topic_key", "content", "open_questions", "context_channel", "context_thread", "subject",
     "participants", "conflicts_with", "synthesis_source_ids"}
)  # fmt: skip
"""Columns of what people or models said, and of whom it is about."""
