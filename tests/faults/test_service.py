"""Every fault through the service: it is told, does no harm, ends by itself, and zos can write."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import NOW
from tests.faults.asked import watched_by_other_user
from tests.faults.scene import LAYER, Scene, at_rest, difference, scene
from tests.faults.table import FAULTS, Fault, Need, why_not
from tests.waiting import eventually, soon
from tests.watching import Watch, Watcher
from zos_monitor import polling
from zos_monitor.model.changes import Changed
from zos_monitor.model.faults import DatabaseFault
from zos_monitor.service import RunService

AT_START = [fault for fault in FAULTS if fault.at_start]
OTHERS = [fault for fault in FAULTS if fault.needs in (Need.OTHER_USER, Need.OTHER_ZOS)]
OURS = [fault for fault in FAULTS if fault not in (*AT_START, *OTHERS)]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with scene(tmp_path_factory.mktemp("faults"), NOW) as found:
        yield found


@pytest.fixture(autouse=True)
def _again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "RETRY_SECONDS", 0.1)


async def names(service: RunService) -> tuple[str, ...]:
    """Return the names of the layers, none where there is a fault."""
    try:
        return await soon(service.layer_names())
    except DatabaseFault:
        return ()


async def shows(watch: Watch, layer: str) -> None:
    """Wait until news have come after which a layer is there."""
    while layer not in await names(watch.service):
        watch.news.clear()
        await eventually(lambda: bool(watch.news))


async def is_told(fault: Fault, watch: Watch) -> None:
    """Wait until a fault is told: by the poll, by the questions, in words."""
    if fault.kind is None:
        await shows(watch, fault.layer or LAYER)
        await eventually(lambda: _says(watch, fault))
        return
    if fault.asks:
        await names(watch.service)
    news = await watch.turned(fault.kind)
    assert _says(watch, fault), news
    assert news.health.good_at == NOW
    with pytest.raises(DatabaseFault) as caught:
        await soon(watch.service.layer_names())
    assert caught.value.kind is fault.kind
    assert all(words in caught.value.message for words in fault.words)


def _says(watch: Watch, fault: Fault) -> bool:
    health = watch.poll._health
    return health.fault is fault.kind and all(words in health.message for words in fault.words)


@pytest.mark.parametrize("fault", OURS, ids=lambda fault: fault.name)
async def test_a_fault_is_told_does_no_harm_and_ends(
    fault: Fault, stage: Scene, watcher: Watcher, tmp_path: Path
) -> None:
    if reason := why_not(fault, tmp_path):
        pytest.skip(reason)
    stage.mend()
    async with watcher(stage.path) as watch:
        await watch.told(Changed.ALL)
        if fault.up:
            await shows(watch, stage.writes(stays_up=True))
        await at_rest(watch.service)
        with fault.make(stage):
            made = stage.traces()
            await is_told(fault, watch)
            assert difference(made, stage.traces()) == ""
            await at_rest(watch.service)
        ended = stage.traces()
        await shows(watch, LAYER)
        await eventually(lambda: watch.poll._health[1:3] == (None, ""))
        assert difference(ended, stage.traces()) == ""
        await at_rest(watch.service)
        await shows(watch, stage.writes())
    assert list(stage.traces()) == ["zos.db"]


@pytest.mark.parametrize("fault", AT_START, ids=lambda fault: fault.name)
async def test_a_fault_from_the_start_is_told_and_ends(
    fault: Fault, stage: Scene, watcher: Watcher
) -> None:
    stage.mend()
    with ExitStack() as end:
        end.enter_context(fault.make(stage))
        async with watcher(stage.path) as watch:
            news = await watch.turned(fault.kind)
            assert all(words in news.health.message for words in fault.words)
            assert news.health.good_at is None
            assert list(stage.traces()) == []
            await at_rest(watch.service)
            end.close()
            await shows(watch, LAYER)
            await at_rest(watch.service)
            await shows(watch, stage.writes())
    assert list(stage.traces()) == ["zos.db"]


@pytest.fixture
def open_stage() -> Iterator[Scene]:
    """Return a scene that other users may enter."""
    with tempfile.TemporaryDirectory(prefix="zos-faults-") as folder:
        Path(folder).chmod(0o755)
        with scene(Path(folder), NOW) as found:
            yield found


@pytest.mark.parametrize("fault", OTHERS, ids=lambda fault: fault.name)
def test_a_fault_that_root_never_meets(fault: Fault, open_stage: Scene, tmp_path: Path) -> None:
    if reason := why_not(fault, tmp_path) or why_not(FAULTS[-1], tmp_path):
        pytest.skip(reason)
    with watched_by_other_user(open_stage.path) as watcher:
        if watcher.tells(lambda told: LAYER in told["layers"]) is None:
            pytest.skip("another user may not run what is tested here")
        with fault.make(open_stage):
            made = open_stage.traces()
            if fault.kind is not None:
                told = watcher.tells(lambda told: told["fault"] == fault.kind)
                assert told is not None
                assert all(words in told["message"] for words in fault.words)
            assert difference(made, open_stage.traces()) == ""
        if fault.kind is not None:
            assert watcher.tells(lambda told: LAYER in told["layers"])
        written = open_stage.writes()
        assert watcher.tells(lambda told: written in told["layers"])
    assert open_stage.left_behind() == []
