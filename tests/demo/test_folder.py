from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from tests.demo.rows import everything, values
from tests.demo.waiting import wait_for
from zos_monitor.demo import layers
from zos_monitor.demo.folder import DemoFolder

UNTIL = datetime(2026, 11, 21, 12, tzinfo=UTC)
RUNS = "SELECT count(*) FROM layer_runs"


def test_a_live_folder_plays_and_leaves_nothing() -> None:
    with DemoFolder(nights=2, speed=5) as demo:
        root, player = demo.root, demo.player
        assert player is not None
        [before] = values(demo.database, RUNS)
        wait_for(lambda: values(demo.database, RUNS)[0] > before)
        wait_for(lambda: demo.truth.exists() and demo.truth.stat().st_size > 0)
        assert demo.log.read_text() == ""
    assert player.returncode is not None
    assert not root.parent.exists()
    with pytest.raises(RuntimeError):
        _ = demo.root


def test_it_is_removed_when_the_body_raises() -> None:
    demo = DemoFolder(nights=1)
    place = None
    with pytest.raises(ZeroDivisionError), demo:  # noqa: PT012 — the raising is the body's
        place = demo.root.parent
        _ = 1 / 0
    assert place is not None
    assert not place.exists()
    assert demo.player is not None
    assert demo.player.returncode is not None


def test_it_is_removed_when_entering_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(ValueError, match="naive"), DemoFolder(until=datetime(2026, 1, 1)):  # noqa: DTZ001
        pass
    assert list(tmp_path.iterdir()) == []


def test_without_the_player_it_is_still_and_always_the_same() -> None:
    with (
        DemoFolder(nights=3, until=UNTIL, live=False) as one,
        DemoFolder(nights=3, until=UNTIL, live=False) as two,
        DemoFolder(nights=3, until=UNTIL, live=False, seed=8) as other,
    ):
        assert one.player is None
        assert everything(one.database) == everything(two.database)
        assert everything(one.database) != everything(other.database)


def test_its_files_are_those_of_a_zos_folder() -> None:
    with DemoFolder(nights=0, live=False) as demo:
        config = yaml.safe_load((demo.root / "config.yaml").read_text())
        data = demo.root / config["data_dir"] / config["database"]["path"]
        assert data.resolve() == demo.database.resolve()
        assert config["scheduler"]["timezone"] == "UTC"
        files = sorted((demo.root / "layers").rglob("*.yaml"))
        found = {layer["name"]: layer for layer in map(yaml.safe_load, map(Path.read_text, files))}
    assert {name: layer.get("schedule") for name, layer in found.items()} == {
        layer.name: layer.schedule for layer in layers.ALL
    }
    nodes = [node for layer in found.values() for node in layer["nodes"]]
    assert all({"name", "type", "params"} <= set(node) for node in nodes)
