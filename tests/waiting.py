"""Waiting within a test's event loop for something to become true, with a deadline."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

PATIENCE = 10.0
T = TypeVar("T")


async def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.005)


async def soon(answer: Awaitable[T]) -> T:
    async with asyncio.timeout(PATIENCE):
        return await answer
