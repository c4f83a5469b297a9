"""The tables of a zos database that matter to a monitor, as zos declares them.

Columns, types, constraints and indexes are zos's own; its other tables are left out.
"""

from __future__ import annotations

TABLES: dict[str, str] = {
    "servers": """
CREATE TABLE IF NOT EXISTS servers (
  id VARCHAR NOT NULL,
  name VARCHAR,
  privacy_gate_role VARCHAR,
  disabled_layers JSON,
  threads_as_topics BOOLEAN NOT NULL,
  chattiness_config JSON,
  created_at DATETIME NOT NULL,
  PRIMARY KEY (id)
);
""",
    "channels": """
CREATE TABLE IF NOT EXISTS channels (
  id VARCHAR NOT NULL,
  server_id VARCHAR NOT NULL,
  name VARCHAR,
  type VARCHAR NOT NULL,
  parent_id VARCHAR,
  created_at DATETIME NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(server_id) REFERENCES servers (id)
);
""",
    "user_profiles": """
CREATE TABLE IF NOT EXISTS user_profiles (
  id VARCHAR NOT NULL,
  user_id VARCHAR NOT NULL,
  server_id VARCHAR,
  display_name VARCHAR NOT NULL,
  username VARCHAR NOT NULL,
  discriminator VARCHAR,
  avatar_url VARCHAR,
  is_bot BOOLEAN NOT NULL,
  joined_at DATETIME,
  account_created_at DATETIME,
  roles JSON,
  bio TEXT,
  pronouns VARCHAR,
  status VARCHAR,
  captured_at DATETIME NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(server_id) REFERENCES servers (id)
);
CREATE INDEX IF NOT EXISTS ix_user_profiles_captured
  ON user_profiles (captured_at);
CREATE UNIQUE INDEX IF NOT EXISTS ix_user_profiles_user_server
  ON user_profiles (user_id, server_id);
""",
    "topics": """
CREATE TABLE IF NOT EXISTS topics (
  "key" VARCHAR NOT NULL,
  category VARCHAR NOT NULL,
  is_global BOOLEAN NOT NULL,
  provisional BOOLEAN NOT NULL,
  created_at DATETIME NOT NULL,
  last_activity_at DATETIME,
  metadata JSON,
  PRIMARY KEY ("key")
);
CREATE INDEX IF NOT EXISTS ix_topics_category
  ON topics (category);
CREATE INDEX IF NOT EXISTS ix_topics_global
  ON topics (is_global);
CREATE INDEX IF NOT EXISTS ix_topics_provisional
  ON topics (provisional);
""",
    "messages": """
CREATE TABLE IF NOT EXISTS messages (
  id VARCHAR NOT NULL,
  channel_id VARCHAR NOT NULL,
  server_id VARCHAR,
  author_id VARCHAR NOT NULL,
  content TEXT NOT NULL,
  created_at DATETIME NOT NULL,
  visibility_scope VARCHAR NOT NULL,
  reactions_aggregate JSON,
  reply_to_id VARCHAR,
  thread_id VARCHAR,
  has_media BOOLEAN NOT NULL,
  has_links BOOLEAN NOT NULL,
  ingested_at DATETIME NOT NULL,
  deleted_at DATETIME,
  PRIMARY KEY (id),
  FOREIGN KEY(channel_id) REFERENCES channels (id),
  FOREIGN KEY(server_id) REFERENCES servers (id)
);
CREATE INDEX IF NOT EXISTS ix_messages_author_created
  ON messages (author_id, created_at);
CREATE INDEX IF NOT EXISTS ix_messages_channel_created
  ON messages (channel_id, created_at);
CREATE INDEX IF NOT EXISTS ix_messages_server_created
  ON messages (server_id, created_at);
""",
    "layer_runs": """
CREATE TABLE IF NOT EXISTS layer_runs (
  id VARCHAR NOT NULL,
  layer_name VARCHAR NOT NULL,
  layer_hash VARCHAR NOT NULL,
  started_at DATETIME NOT NULL,
  completed_at DATETIME,
  status VARCHAR NOT NULL,
  targets_matched INTEGER NOT NULL,
  targets_processed INTEGER NOT NULL,
  targets_skipped INTEGER NOT NULL,
  insights_created INTEGER NOT NULL,
  model_profile VARCHAR,
  model_provider VARCHAR,
  model_name VARCHAR,
  tokens_input INTEGER,
  tokens_output INTEGER,
  tokens_total INTEGER,
  estimated_cost_usd FLOAT,
  errors JSON,
  PRIMARY KEY (id)
);
CREATE INDEX IF NOT EXISTS ix_layer_runs_name_started
  ON layer_runs (layer_name, started_at);
CREATE INDEX IF NOT EXISTS ix_layer_runs_status
  ON layer_runs (status);
""",
    "llm_calls": """
CREATE TABLE IF NOT EXISTS llm_calls (
  id VARCHAR NOT NULL,
  layer_run_id VARCHAR,
  topic_key VARCHAR,
  call_type VARCHAR NOT NULL,
  model_profile VARCHAR NOT NULL,
  model_provider VARCHAR NOT NULL,
  model_name VARCHAR NOT NULL,
  prompt TEXT NOT NULL,
  response TEXT,
  tokens_input INTEGER NOT NULL,
  tokens_output INTEGER NOT NULL,
  tokens_total INTEGER NOT NULL,
  estimated_cost_usd FLOAT,
  latency_ms INTEGER,
  success BOOLEAN NOT NULL,
  error_message VARCHAR,
  created_at DATETIME NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(layer_run_id) REFERENCES layer_runs (id)
);
CREATE INDEX IF NOT EXISTS ix_llm_calls_created
  ON llm_calls (created_at);
CREATE INDEX IF NOT EXISTS ix_llm_calls_layer_run
  ON llm_calls (layer_run_id);
CREATE INDEX IF NOT EXISTS ix_llm_calls_profile
  ON llm_calls (model_profile);
CREATE INDEX IF NOT EXISTS ix_llm_calls_type_created
  ON llm_calls (call_type, created_at);
""",
    "insights": """
CREATE TABLE IF NOT EXISTS insights (
  id VARCHAR NOT NULL,
  topic_key VARCHAR NOT NULL,
  category VARCHAR NOT NULL,
  content TEXT NOT NULL,
  sources_scope_max VARCHAR NOT NULL,
  created_at DATETIME NOT NULL,
  layer_run_id VARCHAR NOT NULL,
  supersedes VARCHAR,
  quarantined BOOLEAN NOT NULL,
  salience_spent FLOAT NOT NULL,
  strength_adjustment FLOAT NOT NULL,
  strength FLOAT NOT NULL,
  original_topic_salience FLOAT NOT NULL,
  confidence FLOAT NOT NULL,
  importance FLOAT NOT NULL,
  novelty FLOAT NOT NULL,
  valence_joy FLOAT,
  valence_concern FLOAT,
  valence_curiosity FLOAT,
  valence_warmth FLOAT,
  valence_tension FLOAT,
  valence_awe FLOAT,
  valence_grief FLOAT,
  valence_longing FLOAT,
  valence_peace FLOAT,
  valence_gratitude FLOAT,
  open_questions JSON,
  context_channel VARCHAR,
  context_thread VARCHAR,
  subject VARCHAR,
  participants JSON,
  conflicts_with JSON,
  conflict_resolved BOOLEAN,
  synthesis_source_ids JSON,
  PRIMARY KEY (id),
  CONSTRAINT ck_insights_valence_required CHECK (
    valence_joy IS NOT NULL OR valence_concern IS NOT NULL OR
    valence_curiosity IS NOT NULL OR valence_warmth IS NOT NULL OR
    valence_tension IS NOT NULL OR valence_awe IS NOT NULL OR
    valence_grief IS NOT NULL OR valence_longing IS NOT NULL OR
    valence_peace IS NOT NULL OR valence_gratitude IS NOT NULL
  ),
  FOREIGN KEY(topic_key) REFERENCES topics ("key"),
  FOREIGN KEY(layer_run_id) REFERENCES layer_runs (id)
);
CREATE INDEX IF NOT EXISTS ix_insights_category_created
  ON insights (category, created_at);
CREATE INDEX IF NOT EXISTS ix_insights_layer_run
  ON insights (layer_run_id);
CREATE INDEX IF NOT EXISTS ix_insights_quarantined
  ON insights (quarantined);
CREATE INDEX IF NOT EXISTS ix_insights_topic_created
  ON insights (topic_key, created_at);
""",
}
"""The script that makes each table with its indexes, by name; it leaves an existing one alone."""
