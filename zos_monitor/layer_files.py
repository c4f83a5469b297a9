"""The layers of a zos folder: their names and schedules, and what is wrong with their files."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from zos_monitor.model.schedule import cron_fault, find_zone
from zos_monitor.model.text import encodable, one_line
from zos_monitor.settings import CONFIG, LAYERS

if TYPE_CHECKING:
    import yaml

_ENDING = ".yaml"
_GREATEST = 1_000_000  # bytes: a layer's file has a few thousand
_SHOWN = 160  # characters of a reason
_OTHERS = "the other layers are still used"


class LayerFile(NamedTuple):
    """A layer as its file tells it; ``cron`` is None where nothing starts it by the clock."""

    name: str
    cron: str | None


class LayerFiles(NamedTuple):
    """What a zos folder says about its layers.

    ``zone_name`` is the scheduler's. ``found`` tells whether there is a folder of layers at all.
    ``broken`` has the names of layers whose files are at fault, as far as they can be told: of
    these nothing is known. ``faults`` has a sentence for each file that can't be used.
    """

    layers: tuple[LayerFile, ...] = ()
    zone_name: str = "UTC"
    found: bool = False
    broken: frozenset[str] = frozenset()
    faults: tuple[str, ...] = ()


class _Stamp(NamedTuple):
    written_ns: int
    changed_ns: int
    size: int


@dataclass(frozen=True, eq=False)  # YAML may hold itself, and can't be compared then
class _Read:
    """A file's YAML, or why there is none of it."""

    loaded: object = None
    fault: str | None = None


class LayerFolder:
    """Reads a zos folder's layers, each file again only where it has changed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._kept: dict[Path, tuple[_Stamp, _Read]] = {}
        self._last: tuple[dict[Path, _Read], LayerFiles] | None = None

    def read(self) -> LayerFiles:
        """Return the layers as the files tell them now. Nothing raises; faults are sentences."""
        faults: list[str] = []
        folder = self._root / LAYERS
        files = sorted(_yaml_files(folder, faults))
        now = {path: self._load(path) for path in [self._root / CONFIG, *files]}
        self._kept = {path: kept for path, kept in self._kept.items() if path in now}
        if self._last is None or self._last[0] != now or faults:
            self._last = now, self._understood(now, folder, faults)
        return self._last[1]

    def _load(self, path: Path) -> _Read:
        try:
            found = os.stat(path)
        except FileNotFoundError:
            return _Read() if path.name == CONFIG else _Read(fault="is gone")
        except OSError as error:
            return _Read(fault=f"can't be read: {_reason(error)}")
        stamp = _Stamp(found.st_mtime_ns, found.st_ctime_ns, found.st_size)
        kept = self._kept.get(path)
        if kept is None or kept[0] != stamp:
            kept = self._kept[path] = stamp, _load_yaml(path, found)
        return kept[1]

    def _understood(self, read: dict[Path, _Read], folder: Path, faults: list[str]) -> LayerFiles:
        config = self._root / CONFIG
        zone_name = _zone(read[config], faults)
        layers: dict[str, tuple[LayerFile, Path]] = {}
        broken: set[str] = set()
        for path, file in read.items():
            if path == config:
                continue
            layer, fault, name = _layer(file, path)
            shown = _shown(path.relative_to(self._root))
            if layer is not None and layer.name in layers:
                first = _shown(layers[layer.name][1].relative_to(self._root))
                fault = f"has the name {_shown(layer.name)}, which {first} has too"
                faults.append(f"{shown} {fault}; the first one and {_OTHERS}.")
            elif layer is not None:
                layers[layer.name] = layer, path
            else:
                broken.add(name)
                faults.append(f"{shown} {fault}; {_OTHERS}.")
        found = os.path.isdir(folder)  # the path's own method raises where it may not look
        if not found and not faults:
            faults.append(f"{_shown(folder)} is no folder; schedules are inferred from past runs.")
        return LayerFiles(
            layers=tuple(layer for layer, _ in layers.values()),
            zone_name=zone_name,
            found=found,
            broken=frozenset(broken - layers.keys()),
            faults=tuple(faults),
        )


def _yaml_files(folder: Path, faults: list[str]) -> Iterator[Path]:
    def note(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            faults.append(
                f"{_shown(error.filename)} can't be listed ({error.strerror}); {_OTHERS}."
            )

    for parent, _, names in os.walk(folder, onerror=note):
        yield from (Path(parent, name) for name in names if name.endswith(_ENDING))


def _load_yaml(path: Path, found: os.stat_result) -> _Read:
    import yaml  # only a zos folder needs it

    if not stat.S_ISREG(found.st_mode):
        return _Read(fault="is no file")
    if found.st_size > _GREATEST:
        return _Read(fault=f"can't be read: it has {found.st_size:,} bytes")
    try:
        return _Read(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        return _Read(fault=f"has a YAML error: {_yaml_reason(error)}")
    except Exception as error:  # PyYAML raises much else, such as an IndexError at !!int ""
        return _Read(fault=f"can't be read: {_reason(error)}")


def _layer(read: _Read, path: Path) -> tuple[LayerFile | None, str, str]:
    """Return a file's layer, else what is wrong with it and the name it may be about."""
    if read.fault is not None:
        return None, read.fault, path.stem
    if not isinstance(read.loaded, dict):
        return None, f"holds no layer but {_kind(read.loaded)}", path.stem
    name, cron = read.loaded.get("name"), read.loaded.get("schedule")
    if not isinstance(name, str) or not name:
        return None, "has no name" if not name else f"has a name that is {_kind(name)}", path.stem
    if cron is None:
        return LayerFile(encodable(name), None), "", name
    if not isinstance(cron, str):
        return None, f"has a schedule that is {_kind(cron)}: put it in quotes", encodable(name)
    if (wrong := cron_fault(cron)) is not None:
        said = f"has a schedule that means nothing, {_shown(repr(cron))}: {_cut(wrong)}"
        return None, said, encodable(name)
    return LayerFile(encodable(name), cron), "", name


def _zone(read: _Read, faults: list[str]) -> str:
    """Return the scheduler's zone by zos's own rule, UTC where none is told."""
    if read.fault is not None:
        faults.append(f"{CONFIG} {read.fault}; the scheduler's time zone is taken to be UTC.")
        return "UTC"
    scheduler = read.loaded.get("scheduler") if isinstance(read.loaded, dict) else None
    name = scheduler.get("timezone") if isinstance(scheduler, dict) else None
    if name is None:
        return "UTC"
    if not isinstance(name, str) or find_zone(name) is None:
        faults.append(f"{CONFIG} names no known time zone, {_shown(repr(name))}; UTC is used.")
        return "UTC"
    return name


def _kind(value: object) -> str:
    if value is None:
        return "nothing"
    return {"str": "a text", "list": "a list", "dict": "a mapping", "int": "a number"}.get(
        type(value).__name__, f"a {type(value).__name__}"
    )


def _reason(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return _cut(text or type(error).__name__)


def _yaml_reason(error: yaml.YAMLError) -> str:
    """Return what is wrong and in which line; PyYAML's own words quote the file at length."""
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    if mark is None or not problem:
        return _reason(error)
    context = getattr(error, "context", None)
    return _cut(f"line {mark.line + 1}: {f'{context}, ' if context else ''}{problem}")


def _cut(text: str) -> str:
    text = _shown(" ".join(text.split()))
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _shown(what: object) -> str:
    return one_line(encodable(str(what)))
