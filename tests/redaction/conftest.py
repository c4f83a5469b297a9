from __future__ import annotations

from pathlib import Path

import pytest

from tests.redaction.marked import write_marked


@pytest.fixture(scope="session")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database in which everything private carries a mark; zos is down."""
    path = tmp_path_factory.mktemp("marked") / "zos.db"
    write_marked(path)
    return path
