"""Whatever rows hold, every command ends well, and what it prints can be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.commands.invoking import ask_at_that_time
from tests.hell.cases import NAMED
from tests.hell.conftest import FEW
from tests.hell.databases import put
from tests.hell.printing import assert_straight, run_everything
from tests.hell.properties import commands_print


def test_any_rows(tmp_path: Path) -> None:
    settings(FEW, max_examples=1)(commands_print(tmp_path))()


def test_named_rows(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(path, NAMED)
    ask_at_that_time(monkeypatch)
    assert run_everything(path, ["layer 500 emoji"], ["\U0001f989" * 500], "") > 50


@pytest.mark.parametrize(
    "lines",
    [
        ["NAME      COUNT", "ab           10", "abcdefghijk 1,000"],
        ["NAME      COUNT", "\U0001f989\U0001f989\U0001f989\U0001f989\U0001f989     10"],
    ],
)
def test_crooked_columns_are_found(lines: list[str]) -> None:
    with pytest.raises(AssertionError):
        assert_straight(lines)
