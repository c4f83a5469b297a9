"""What holds for the source as a whole: which way imports point, and that files stay small."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from importlinter.cli import lint_imports_command

import zos_monitor

ROOT = Path(__file__).parents[1]
PACKAGE = Path(zos_monitor.__file__).parent
SOURCES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
MOST_LINES = 300


def name(path: Path) -> str:
    return str(path.relative_to(PACKAGE if path.is_relative_to(PACKAGE) else ROOT))


def test_imports_point_one_way() -> None:
    result = CliRunner().invoke(
        lint_imports_command, ["--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    )
    assert result.exit_code == 0, result.output
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    assert f"Contracts: {len(contracts)} kept, 0 broken." in result.output
    assert len(contracts) >= 5


def test_every_part_of_the_package_is_in_a_contract() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    told = str(settings["tool"]["importlinter"]["contracts"])
    parts = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in SOURCES}
    missing = {part for part in parts - {"__init__"} if f"zos_monitor.{part}" not in told}
    assert missing == set()


def test_the_readme_tells_of_every_part_and_of_no_other() -> None:
    _, _, told = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Development")
    told, _, _ = told.partition("### Bench")
    parts = {path.relative_to(PACKAGE).parts[0] for path in SOURCES if path.name[0] != "_"}
    assert {part for part in parts if part.removesuffix(".py") not in told} == set()
    named = set(re.findall(r"`(?:zos_monitor/)?([a-z_]+)(?:\.py|/)`", told))
    assert {one for one in named if not any(PACKAGE.rglob(f"{one}*"))} == set()


def test_the_sources_are_found() -> None:
    assert len(SOURCES) > 40
    assert PACKAGE / "store" / "database.py" in SOURCES
    assert (PACKAGE / "py.typed").exists()


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=name)
def test_a_file_is_one_idea(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < MOST_LINES


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
