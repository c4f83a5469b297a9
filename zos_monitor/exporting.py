"""Exports: the matching runs as CSV, JSON lines or Markdown."""
