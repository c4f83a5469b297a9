"""A terminal dashboard for the layer runs of a zos agent."""

from __future__ import annotations

__version__ = "0.1.0"
