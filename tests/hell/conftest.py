"""Few examples for the suite, always the same; ``python -m tests.hell`` tries many others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.hell.properties import Opened, opened
from tests.tui.driving import NARROW, WIDE

FEW = settings(
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=2,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module", params=[WIDE, NARROW], ids="{0[0]}x{0[1]}".format)
def dashboard(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Opened]:
    """Return a dashboard that stays open for many walks."""
    with opened(tmp_path_factory.mktemp("walked") / "zos.db", request.param) as one:
        yield one
