"""The contract of the faces: command, HTTP and dashboard afar tell the same of the same runs."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.api.test_answers import ASKED, Asked
from tests.contract.conftest import Pair
from zos_monitor.answers.encoding import plain
from zos_monitor.questions import Service

pytestmark = pytest.mark.asyncio(loop_scope="module")

_COMMANDS = """
import json, sys
from zos_monitor.cli import main
for line in sys.stdin:
    main(["--json", *json.loads(line)], standalone_mode=False)
heavy = {"textual", "rich", "fastapi", "uvicorn", "pydantic"}
sys.exit(f"imported: {heavy & sys.modules.keys()}" if heavy & sys.modules.keys() else 0)
"""
DYAD = "nightly-dyad-reflection"
COMMANDS = {
    ("runs",): "/runs",
    ("runs", "--offset", "7", "--limit", "3"): "/runs?offset=7&limit=3",
    ("runs", "--failed", "--include-errors"): "/runs?success=false&include_errors=true",
    ("runs", "--layer", "nightly-*", "--since", "30d"): None,
    ("show", "surrogate"): "/runs/surrogate",
    ("show", "escapes"): "/runs/escapes",
    ("latest", DYAD): f"/runs/layer/{DYAD}/latest",
    ("stats",): "/runs/stats/summary",
    ("stats", "--days", "30", "--layer", DYAD): f"/runs/layer/{DYAD}/stats",
    ("errors",): "/runs/errors",
    ("layers",): "/layers",
    ("tonight",): "/runs/tonight",
}


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.path)
async def test_a_path_tells_what_is_answered_here_and_afar(pair: Pair, asked: Asked) -> None:
    async with httpx.AsyncClient() as client:
        told = (await client.get(pair.url + asked.path)).json()
    answer: Callable[[Service], Awaitable[object]] = asked.answer  # type: ignore[assignment]
    here, there = await answer(pair.here), await answer(pair.there)
    assert here == there
    assert told == json.loads(json.dumps(plain(here)))


async def commands(*given: str) -> list[Any]:
    """Return what all commands print as JSON, in one process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _COMMANDS,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    asked = "\n".join(json.dumps([*given, *command]) for command in COMMANDS)
    printed, _ = await process.communicate(asked.encode())
    assert process.returncode == 0
    return [json.loads(line) for line in printed.splitlines()]


async def test_commands_over_a_url_print_what_the_paths_tell(pair: Pair) -> None:
    printed = await commands("--url", pair.url)
    assert len(printed) == len(COMMANDS)
    async with httpx.AsyncClient() as client:
        for (command, path), answer in zip(COMMANDS.items(), printed, strict=True):
            if path is None:
                assert answer["total"] > 0
                continue
            told = (await client.get(pair.url + path)).json()
            both = answer.keys() & told.keys()
            assert both in (answer.keys(), told.keys()), command
            assert {one: answer[one] for one in both} == {one: told[one] for one in both}, command
