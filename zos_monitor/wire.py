"""The questions of a dashboard on another machine: how they and their answers go over the wire."""

from __future__ import annotations
