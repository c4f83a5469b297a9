"""The questions of a dashboard on another machine: how they and their answers go over the wire.

Answers are JSON in which nothing is lost, for ``zos_monitor.remote`` and nobody else: what is made
for other programs is in ``zos_monitor.answers``.
"""

from __future__ import annotations

from typing import Final

PROTOCOL: Final = 1
"""What both sides must have in common; it grows with every change of a question or an answer."""

SERVICE: Final = "zos-monitor"
"""What a server calls itself, by which it is known from any other."""
