"""What zos declares: columns and indexes of the tables that the demo makes."""

from __future__ import annotations

COLUMNS = {
    "servers": """
        id VARCHAR NOT NULL KEY
        name VARCHAR
        privacy_gate_role VARCHAR
        disabled_layers JSON
        threads_as_topics BOOLEAN NOT NULL
        chattiness_config JSON
        created_at DATETIME NOT NULL
    """,
    "channels": """
        id VARCHAR NOT NULL KEY
        server_id VARCHAR NOT NULL
        name VARCHAR
        type VARCHAR NOT NULL
        parent_id VARCHAR
        created_at DATETIME NOT NULL
    """,
    "user_profiles": """
        id VARCHAR NOT NULL KEY
        user_id VARCHAR NOT NULL
        server_id VARCHAR
        display_name VARCHAR NOT NULL
        username VARCHAR NOT NULL
        discriminator VARCHAR
        avatar_url VARCHAR
        is_bot BOOLEAN NOT NULL
        joined_at DATETIME
        account_created_at DATETIME
        roles JSON
        bio TEXT
        pronouns VARCHAR
        status VARCHAR
        captured_at DATETIME NOT NULL
    """,
    "topics": """
        key VARCHAR NOT NULL KEY
        category VARCHAR NOT NULL
        is_global BOOLEAN NOT NULL
        provisional BOOLEAN NOT NULL
        created_at DATETIME NOT NULL
        last_activity_at DATETIME
        metadata JSON
    """,
    "messages": """
        id VARCHAR NOT NULL KEY
        channel_id VARCHAR NOT NULL
        server_id VARCHAR
        author_id VARCHAR NOT NULL
        content TEXT NOT NULL
        created_at DATETIME NOT NULL
        visibility_scope VARCHAR NOT NULL
        reactions_aggregate JSON
        reply_to_id VARCHAR
        thread_id VARCHAR
        has_media BOOLEAN NOT NULL
        has_links BOOLEAN NOT NULL
        ingested_at DATETIME NOT NULL
        deleted_at DATETIME
    """,
    "layer_runs": """
        id VARCHAR NOT NULL KEY
        layer_name VARCHAR NOT NULL
        layer_hash VARCHAR NOT NULL
        started_at DATETIME NOT NULL
        completed_at DATETIME
        status VARCHAR NOT NULL
        targets_matched INTEGER NOT NULL
        targets_processed INTEGER NOT NULL
        targets_skipped INTEGER NOT NULL
        insights_created INTEGER NOT NULL
        model_profile VARCHAR
        model_provider VARCHAR
        model_name VARCHAR
        tokens_input INTEGER
        tokens_output INTEGER
        tokens_total INTEGER
        estimated_cost_usd FLOAT
        errors JSON
    """,
    "llm_calls": """
        id VARCHAR NOT NULL KEY
        layer_run_id VARCHAR
        topic_key VARCHAR
        call_type VARCHAR NOT NULL
        model_profile VARCHAR NOT NULL
        model_provider VARCHAR NOT NULL
        model_name VARCHAR NOT NULL
        prompt TEXT NOT NULL
        response TEXT
        tokens_input INTEGER NOT NULL
        tokens_output INTEGER NOT NULL
        tokens_total INTEGER NOT NULL
        estimated_cost_usd FLOAT
        latency_ms INTEGER
        success BOOLEAN NOT NULL
        error_message VARCHAR
        created_at DATETIME NOT NULL
    """,
    "insights": """
        id VARCHAR NOT NULL KEY
        topic_key VARCHAR NOT NULL
        category VARCHAR NOT NULL
        content TEXT NOT NULL
        sources_scope_max VARCHAR NOT NULL
        created_at DATETIME NOT NULL
        layer_run_id VARCHAR NOT NULL
        supersedes VARCHAR
        quarantined BOOLEAN NOT NULL
        salience_spent FLOAT NOT NULL
        strength_adjustment FLOAT NOT NULL
        strength FLOAT NOT NULL
        original_topic_salience FLOAT NOT NULL
        confidence FLOAT NOT NULL
        importance FLOAT NOT NULL
        novelty FLOAT NOT NULL
        valence_joy FLOAT
        valence_concern FLOAT
        valence_curiosity FLOAT
        valence_warmth FLOAT
        valence_tension FLOAT
        valence_awe FLOAT
        valence_grief FLOAT
        valence_longing FLOAT
        valence_peace FLOAT
        valence_gratitude FLOAT
        open_questions JSON
        context_channel VARCHAR
        context_thread VARCHAR
        subject VARCHAR
        participants JSON
        conflicts_with JSON
        conflict_resolved BOOLEAN
        synthesis_source_ids JSON
    """,
}
INDEXES = {
    "ix_user_profiles_captured": ("user_profiles", "captured_at", False),
    "ix_user_profiles_user_server": ("user_profiles", "user_id, server_id", True),
    "ix_topics_category": ("topics", "category", False),
    "ix_topics_global": ("topics", "is_global", False),
    "ix_topics_provisional": ("topics", "provisional", False),
    "ix_messages_author_created": ("messages", "author_id, created_at", False),
    "ix_messages_channel_created": ("messages", "channel_id, created_at", False),
    "ix_messages_server_created": ("messages", "server_id, created_at", False),
    "ix_layer_runs_name_started": ("layer_runs", "layer_name, started_at", False),
    "ix_layer_runs_status": ("layer_runs", "status", False),
    "ix_llm_calls_created": ("llm_calls", "created_at", False),
    "ix_llm_calls_layer_run": ("llm_calls", "layer_run_id", False),
    "ix_llm_calls_profile": ("llm_calls", "model_profile", False),
    "ix_llm_calls_type_created": ("llm_calls", "call_type, created_at", False),
    "ix_insights_category_created": ("insights", "category, created_at", False),
    "ix_insights_layer_run": ("insights", "layer_run_id", False),
    "ix_insights_quarantined": ("insights", "quarantined", False),
    "ix_insights_topic_created": ("insights", "topic_key, created_at", False),
}
