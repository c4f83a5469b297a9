"""A server's answer may be older than what its stream has told by the time it comes."""

from __future__ import annotations

import pytest

from tests.remote.poll_stage import GONE, event, staged
from tests.waiting import eventually
from zos_monitor.model.changes import Changed
from zos_monitor.remote.server import Greeting


async def test_news_that_overtake_the_servers_answer_hold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with staged() as (stage, poll):
        await stage.told(1)
        stage.tell(event(health=GONE))
        await stage.told(2)
        stage.health, greet = GONE, poll._server.greet

        async def slow() -> Greeting:
            greeting = await greet()
            stage.tell(event("other"))  # it is back
            await eventually(lambda: poll._health is not None and poll._health.fault is None)
            return greeting

        monkeypatch.setattr(poll._server, "greet", slow)
        poll.look_now()
        told = await stage.told(3)
        assert (told[2].changed, told[2].health.fault) == (Changed.ALL, None)
        await stage.quiet()
        assert len(stage.news) == 3
