"""``/questions``: every question of a dashboard, for one on another machine."""

from __future__ import annotations

from fastapi import APIRouter

from zos_monitor.service import RunService


def router(service: RunService) -> APIRouter:
    """Return the routes that a dashboard asks."""
    return APIRouter(prefix="/questions")
