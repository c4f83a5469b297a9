"""Waiting within a test's event loop for something to become true, with a deadline."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

PATIENCE = 10.0
T = TypeVar("T")


async def eventually(condition: Callable[[], bool]) -> None:
    began = time.monotonic()
    deadline = began + PATIENCE
    while not condition():
        looked = time.monotonic()
        assert looked < deadline, "waited in vain"
        await asyncio.sleep(max(0.005, 2 * (looked - began)))  # a look may take long itself
        began = time.monotonic()


async def soon(answer: Awaitable[T]) -> T:
    async with asyncio.timeout(PATIENCE):
        return await answer
