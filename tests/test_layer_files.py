"""A zos folder's layers: what is read, what is wrong with it, and that it is read once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from zos_monitor.demo.layers import ALL
from zos_monitor.demo.settings_files import write_settings
from zos_monitor.layer_files import LayerFile, LayerFolder

GOOD = "name: good\nschedule: '0 3 * * *'\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, "layers/deep/er/good.yaml", GOOD)
    return tmp_path


def write(root: Path, name: str, text: str | bytes) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_the_layers_of_the_demo(tmp_path: Path) -> None:
    write_settings(tmp_path / "zos")
    found = LayerFolder(tmp_path / "zos").read()
    assert sorted(found.layers) == sorted(LayerFile(layer.name, layer.schedule) for layer in ALL)
    assert (found.zone_name, found.found, found.faults) == ("UTC", True, ())


def test_what_zos_reads_is_read_and_nothing_else(root: Path) -> None:
    write(root, "layers/deep/down/talk.yaml", "name: talk\n")
    write(root, "layers/other.yml", "name: other\n")
    write(root, "layers/notes.txt", "name: notes\n")
    write(root, "elsewhere/other.yaml", "name: other\n")
    found = LayerFolder(root).read()
    assert set(found.layers) == {LayerFile("good", "0 3 * * *"), LayerFile("talk", None)}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: [unclosed", "has a YAML error: "),
        ("\tname: x", "has a YAML error: line 1: while scanning for the next token, found char"),
        ("name: x\na: b: c", "has a YAML error: line 2: mapping values are not allowed here; the"),
        ("!!python/object:os.system {}", "has a YAML error: "),
        ("", "holds no layer but nothing"),
        ("just words", "holds no layer but a text"),
        ("- name: x", "holds no layer but a list"),
        ("schedule: '0 3 * * *'", "has no name"),
        ("name: ''", "has no name"),
        ("name: [a]", "has a name that is a list"),
        ("name: 7", "has a name that is a number"),
        ("name: x\nschedule: 5", "has a schedule that is a number: put it in quotes"),
        ("name: x\nschedule: {at: 3}", "has a schedule that is a mapping"),
        ("name: x\nschedule: '61 3 * * *'", "means nothing, '61 3 * * *': Error validating"),
        ("name: x\nschedule: '@daily'", "Wrong number of fields"),
        ("name: x\nschedule: ''", "Wrong number of fields"),
        ("a: 2026-02-30", "can't be read: "),
        ("!!int ''", "can't be read: "),
        (b"name: caf\xe9", "can't be read: "),
        ("[" * 5000, "can't be read: "),
        ("# " + "x" * 1_000_001, "can't be read: it has 1,000,003 bytes"),
        ("&a [*a]", "holds no layer but a list"),
        (GOOD, "has the name good, which layers/deep/er/good.yaml has too"),
    ],
    ids=range(23),
)
def test_a_file_at_fault_is_one_sentence_and_the_others_are_used(
    root: Path, text: str | bytes, words: str
) -> None:
    write(root, "layers/zz-bad.yaml", text)
    folder = LayerFolder(root)
    found = folder.read()
    assert found.layers == (LayerFile("good", "0 3 * * *"),)
    (sentence,) = found.faults
    assert sentence.startswith("layers/zz-bad.yaml ")
    assert words in sentence
    assert sentence.endswith("the other layers are still used.") or "first one" in sentence
    assert len(sentence.splitlines()) == 1
    assert len(sentence) < 400
    assert folder.read() == found


def test_of_a_broken_file_the_layer_is_told_by_its_name(root: Path) -> None:
    write(root, "layers/users.yaml", "name: [")
    write(root, "layers/other.yaml", "name: emoji\nschedule: never\n")
    assert LayerFolder(root).read().broken == {"users", "emoji"}


@pytest.mark.parametrize(
    ("config", "zone", "words"),
    [
        (None, "UTC", ""),
        ("", "UTC", ""),
        ("scheduler:", "UTC", ""),
        ("scheduler: {timezone: }", "UTC", ""),
        ("scheduler: {timezone: Europe/Berlin}", "Europe/Berlin", ""),
        ("scheduler: {timezone: Europe/Atlantis}", "UTC", "no known time zone, 'Europe/Atlantis'"),
        ("scheduler: {timezone: Europe}", "UTC", "no known time zone"),
        ("scheduler: {timezone: 3}", "UTC", "no known time zone, 3; UTC is used."),
        ("scheduler: [", "UTC", "config.yaml has a YAML error"),
        ("just words", "UTC", ""),
    ],
)
def test_the_zone_of_the_scheduler(root: Path, config: str | None, zone: str, words: str) -> None:
    if config is not None:
        write(root, "config.yaml", config)
    found = LayerFolder(root).read()
    assert found.zone_name == zone
    assert len(found.faults) == bool(words)
    assert words in "".join(found.faults)
    assert len(found.layers) == 1


def test_without_a_folder_of_layers_that_is_said(tmp_path: Path) -> None:
    found = LayerFolder(tmp_path).read()
    assert not found.found
    (sentence,) = found.faults
    assert "is no folder; schedules are inferred" in sentence


def test_what_is_no_file_is_not_opened(root: Path) -> None:
    os.mkfifo(root / "layers" / "pipe.yaml")
    (root / "layers" / "gone.yaml").symlink_to(root / "nowhere")
    (root / "layers" / "loop.yaml").symlink_to(root / "layers" / "loop.yaml")
    faults = LayerFolder(root).read().faults
    assert [fault[7:].partition(".")[0] for fault in faults] == ["gone", "loop", "pipe"]
    assert "is gone" in faults[0]
    assert "can't be read" in faults[1]
    assert "is no file" in faults[2]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_read_once_it_may_be(root: Path) -> None:
    path = write(root, "layers/secret.yaml", "name: secret\n")
    path.chmod(0)
    folder = LayerFolder(root)
    assert "can't be read: Permission denied" in folder.read().faults[0]
    path.chmod(0o600)
    assert folder.read().faults == ()


def test_a_folder_that_can_t_be_looked_into_is_a_fault(tmp_path: Path) -> None:
    found = LayerFolder(tmp_path / ("long" * 100)).read()  # too long a name: no stat of it works
    assert (found.layers, found.found) == ((), False)
    assert any("can't be listed" in fault for fault in found.faults)


def test_only_what_has_changed_is_read_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, "config.yaml", "scheduler: {timezone: Europe/Berlin}")
    other = write(root, "layers/other.yaml", "name: other\n")
    folder = LayerFolder(root)
    first = folder.read()
    loads: list[str] = []
    load = yaml.safe_load

    def noted(text: str) -> object:
        loads.append(text)
        return load(text)

    monkeypatch.setattr(yaml, "safe_load", noted)
    assert folder.read() is first
    assert loads == []
    write(root, "layers/other.yaml", "name: renamed\n")
    assert {layer.name for layer in folder.read().layers} == {"good", "renamed"}
    assert loads == ["name: renamed\n"]
    other.unlink()
    assert [layer.name for layer in folder.read().layers] == ["good"]
    write(root, "config.yaml", "scheduler: {timezone: Asia/Tokyo}")
    assert folder.read().zone_name == "Asia/Tokyo"
    assert len(loads) == 2
