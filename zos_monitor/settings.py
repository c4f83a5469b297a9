"""Where the database comes from: an option, the environment, or a zos folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

ENVIRONMENT = "ZOS_MONITOR_DB"
CONFIG = "config.yaml"
LAYERS = "layers"
_DATA_DIR, _DATABASE = "./data", "zos.db"  # zos's own defaults


class SettingsError(Exception):
    """A setting can't be used; the message says which, why, and what to do."""


def find_database(
    option: Path | None, zos_dir: Path | None, *, environ: Mapping[str, str] = os.environ
) -> Path:
    """Return the path of the database to watch; the file need not be there yet.

    The first of these that is given counts: the ``--db`` option, ``--zos-dir``, the environment
    variable ``ZOS_MONITOR_DB``, a zos ``config.yaml`` in the current folder, and at last
    ``data/zos.db`` in it. Raises SettingsError for a folder without a config, or a config that
    can't be read.
    """
    if option is not None:
        return _path("--db", str(option))
    if zos_dir is not None:
        if not os.path.isfile(zos_dir / CONFIG):
            raise SettingsError(
                f"{zos_dir} is no zos folder: there is no {CONFIG} in it; "
                "name the folder that zos is started in, or the database with --db"
            )
        return database_of(zos_dir)
    if named := environ.get(ENVIRONMENT):
        return _path(ENVIRONMENT, named)
    here = Path()
    return database_of(here) if os.path.isfile(here / CONFIG) else here / _DATA_DIR / _DATABASE


def database_of(folder: Path) -> Path:
    """Return the database that a zos folder's ``config.yaml`` names, by zos's own rules.

    ``database.path`` is relative to ``data_dir``, and that to the folder.
    """
    file = folder / CONFIG
    config = _load(file)
    database = config.get("database") or {}
    name = database.get("path") if isinstance(database, dict) else database
    data_dir = _path(f"{file}: data_dir", config.get("data_dir") or _DATA_DIR)
    return folder / data_dir / _path(f"{file}: database.path", name or _DATABASE)


def find_zos_dir(
    option_db: Path | None,
    zos_dir: Path | None,
    database: Path,
    *,
    environ: Mapping[str, str] = os.environ,
) -> Path | None:
    """Return the zos folder whose layers write to the database, None where none is known.

    That is ``--zos-dir``, or the current folder where its config names the database; for one that
    is named otherwise, the folder around it, or around that, if its config names that very file
    and it has a folder of layers. Reads YAML, which takes a while; never raises.
    """
    if zos_dir is not None:
        return zos_dir
    if option_db is None and not environ.get(ENVIRONMENT) and os.path.isfile(CONFIG):
        return Path()
    try:
        file = database.resolve()
        # The link's own folder, and the file's: either may be the one that zos works in.
        near = dict.fromkeys((*database.absolute().parents[:2], *file.parents[:2]))
        return next((folder for folder in near if _is_of(folder, file)), None)
    except (OSError, RuntimeError, ValueError):  # a link to itself; a name with a NUL
        return None


def _is_of(folder: Path, database: Path) -> bool:
    """Tell whether a folder is the zos folder of a database, given without links."""
    if not (os.path.isfile(folder / CONFIG) and os.path.isdir(folder / LAYERS)):
        return False
    try:
        return database_of(folder).resolve() == database
    except SettingsError:
        return False


def _path(setting: str, value: object) -> Path:
    if not isinstance(value, str) or "\0" in value:
        raise SettingsError(f"{setting} is not a path but {value!r}; mend it, or use --db")
    try:
        return Path(value).expanduser()
    except RuntimeError as fault:
        raise SettingsError(f"{setting} names an unknown home, {value!r}; use --db") from fault


def _load(path: Path) -> dict[str, object]:
    import yaml  # only a zos folder needs it

    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as fault:
        reason = " ".join(str(fault).split())
        raise SettingsError(f"{path} can't be read: {reason}; mend it, or use --db") from fault
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise SettingsError(f"{path} holds no settings but a {type(loaded).__name__}; use --db")
    return loaded
