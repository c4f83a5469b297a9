"""Databases for what asks zos's own API."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.remote.zos_both import Both, both_on, write_nights


@pytest.fixture(scope="session")
def _nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("zos") / "zos.db"
    write_nights(path)
    return path


@pytest.fixture
async def both(_nights: Path) -> AsyncIterator[Both]:
    async with both_on(_nights) as both:
        yield both


@pytest.fixture
def zos_path(path: Path, _nights: Path) -> Path:
    """Return a copy to be written to."""
    shutil.copyfile(_nights, path)
    return path
