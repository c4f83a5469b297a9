"""What is caught whatever it is: each place says why, and none of them hides it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import zos_monitor

PACKAGE = Path(zos_monitor.__file__).parent
SOURCES = sorted(PACKAGE.rglob("*.py"))
BROAD = {"Exception", "BaseException", "BaseExceptionGroup", "ExceptionGroup"}


def named(node: ast.expr | None) -> set[str]:
    """Return the names of the exceptions that are caught, without their modules."""
    if node is None:
        return {"BaseException"}
    if isinstance(node, ast.Tuple):
        return {name for one in node.elts for name in named(one)}
    return {node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")}


def hides(body: list[ast.stmt]) -> bool:
    """Tell whether a handler does nothing at all."""
    return all(
        isinstance(one, ast.Pass | ast.Continue)
        or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
        for one in body
    )


def complaints(source: str) -> Iterator[str]:
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ExceptHandler) and named(node.type) & BROAD:
            if node.type is None:
                yield f"line {node.lineno}: a bare except"
            elif hides(node.body):
                yield f"line {node.lineno}: hides whatever comes"
            elif "  # " not in lines[node.lineno - 1]:
                yield f"line {node.lineno}: does not say why it catches everything"
        elif isinstance(node, ast.Call) and named(node.func) == {"suppress"}:
            yield from (
                f"line {node.lineno}: suppresses whatever comes"
                for argument in node.args
                if named(argument) & BROAD
            )


OUTSIDE = {"subprocess", "multiprocessing", "syslog", "tempfile", "webbrowser"}
"""What hands things to other programs, or leaves them in files that others may read."""


def told_outside(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        yield from (name for name in names if name.partition(".")[0] in OUTSIDE)
        if isinstance(node, ast.Attribute):
            called = ast.unparse(node)
            if node.attr == "notify" or called in ("os.system", "os.popen"):
                yield called


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_but_the_demo_tells_other_programs_anything(path: Path) -> None:
    if path.relative_to(PACKAGE).parts[0] != "demo":
        assert [*told_outside(path.read_text(encoding="utf-8"))] == []


def test_what_would_tell_other_programs_is_found() -> None:
    assert [*told_outside("import os, subprocess\nos.system('x')\napp.notify('x')")] == [
        "subprocess",
        "os.system",
        "app.notify",
    ]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_whoever_catches_everything_says_why(path: Path) -> None:
    assert [*complaints(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    "handler",
    [
        "except:  # why\n    tell()",
        "except Exception:\n    tell()",
        "except Exception:  # why\n    pass",
        "except BaseException:  # why\n    ...",
        "except (ValueError, builtins.Exception) as fault:\n    tell(fault)",
        "except ValueError:\n    with suppress(OSError, Exception):\n        tell()",
        "except* Exception:\n    tell()",
    ],
)
def test_one_that_hides_or_says_nothing_is_found(handler: str) -> None:
    assert len([*complaints(f"try:\n    work()\n{handler}\n")]) == 1


def test_one_that_says_why_is_fine() -> None:
    handler = "except Exception as fault:  # else nobody would be told\n    tell(fault)"
    assert [*complaints(f"try:\n    work()\n{handler}\nexcept OSError:\n    pass\n")] == []
