"""Where the database comes from, and which source wins."""

from __future__ import annotations

from pathlib import Path

import pytest

from zos_monitor.demo.settings_files import write_settings
from zos_monitor.settings import (
    ENVIRONMENT,
    SettingsError,
    database_of,
    find_database,
    find_zos_dir,
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder, with no config in it."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return folder


def configure(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "config.yaml").write_text(text, encoding="utf-8")
    return folder


OPTION, NAMED = Path("option.db"), {ENVIRONMENT: "environment.db"}


@pytest.mark.parametrize(
    ("option", "with_dir", "environ", "config", "found"),
    [
        (OPTION, True, NAMED, True, "option.db"),
        (None, True, NAMED, True, "zos/data/dir.db"),
        (None, False, NAMED, True, "environment.db"),
        (None, False, {}, True, "data/config.db"),
        (None, False, {ENVIRONMENT: ""}, True, "data/config.db"),
        (None, False, {}, False, "data/zos.db"),
    ],
)
def test_the_first_source_that_is_given_counts(
    here: Path,
    option: Path | None,
    with_dir: bool,
    environ: dict[str, str],
    config: bool,
    found: str,
) -> None:
    if config:
        configure(here, "database: {path: config.db}")
    configure(here / "zos", "database: {path: dir.db}")
    zos_dir = Path("zos") if with_dir else None
    assert find_database(option, zos_dir, environ=environ) == Path(found)


def test_the_environment_is_the_process_s_own(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENVIRONMENT, "/srv/zos.db")
    assert find_database(None, None) == Path("/srv/zos.db")


@pytest.mark.parametrize(
    ("config", "found"),
    [
        ("", "zos/data/zos.db"),
        ("# nothing but a comment", "zos/data/zos.db"),
        ("other: 1", "zos/data/zos.db"),
        ("database:", "zos/data/zos.db"),
        ("database: {path: }", "zos/data/zos.db"),
        ("database: {path: bot.db}", "zos/data/bot.db"),
        ("database: {path: sub/bot.db}\ndata_dir: var", "zos/var/sub/bot.db"),
        ("data_dir: ../var", "zos/../var/zos.db"),
        ("data_dir: /srv/data", "/srv/data/zos.db"),
        ("data_dir: /srv/data\ndatabase: {path: /mnt/bot.db}", "/mnt/bot.db"),
        ("database: {path: 'a b?#%.db'}", "zos/data/a b?#%.db"),
        ("data_dir: ~/data", "HOME/data/zos.db"),
        ("database: {path: ~/bot.db}", "HOME/bot.db"),
    ],
)
def test_a_config_is_read_by_zos_s_own_rules(here: Path, config: str, found: str) -> None:
    folder = configure(Path("zos"), config)
    assert database_of(folder) == Path(found.replace("HOME", str(here.parent / "home")))


def test_a_zos_folder_of_the_demo(here: Path) -> None:
    write_settings(here / "zos")
    assert find_database(None, here / "zos", environ={}) == here / "zos" / "data" / "zos.db"


def test_the_environment_may_name_a_home(here: Path) -> None:
    found = find_database(None, None, environ={ENVIRONMENT: "~/zos.db"})
    assert found == here.parent / "home" / "zos.db"


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("database: [unclosed", "can't be read"),
        ("a: b: c", "can't be read"),
        ("\tdatabase:", "can't be read"),
        ("a: 2026-99-99", "can't be read"),
        pytest.param("[" * 5000, "can't be read", id="deep"),
        ("!!python/object:os.system {}", "can't be read"),
        ("just words", "holds no settings but a str"),
        ("[1, 2]", "holds no settings but a list"),
        ("42", "holds no settings but a int"),
        ("data_dir: 7", "data_dir is not a path but 7"),
        ("data_dir: [a]", "data_dir is not a path"),
        ("database: {path: 1.5}", "database.path is not a path but 1.5"),
        ("database: 5", "database.path is not a path but 5"),
        ('database: {path: "a\\0b"}', "database.path is not a path"),
        ("data_dir: ~nobody-at-all/data", "unknown home"),
    ],
)
def test_a_config_that_cannot_be_used_is_one_sentence(here: Path, config: str, words: str) -> None:
    folder = configure(here / "zos", config)
    with pytest.raises(SettingsError) as caught:
        find_database(None, folder, environ={})
    message = str(caught.value)
    assert words in message
    assert str(folder / "config.yaml") in message
    assert "--db" in message
    assert len(message.splitlines()) == 1


def test_a_config_that_is_no_text_cannot_be_read(here: Path) -> None:
    (here / "config.yaml").write_bytes(b"data_dir: caf\xe9")
    with pytest.raises(SettingsError, match="can't be read"):
        find_database(None, None, environ={})


def test_a_folder_without_config_is_no_zos_folder(here: Path) -> None:
    (here / "config.yaml").mkdir()
    for folder in (here, here / "nowhere"):
        with pytest.raises(SettingsError, match=r"no zos folder.*--db"):
            find_database(None, folder, environ={})
    assert find_database(None, None, environ={}) == Path("data/zos.db")


def test_a_home_of_nobody_in_the_environment(here: Path) -> None:
    with pytest.raises(SettingsError, match=f"{ENVIRONMENT} names an unknown home"):
        find_database(None, None, environ={ENVIRONMENT: "~nobody-at-all/zos.db"})


def zos_folder(folder: Path, config: str = "") -> Path:
    (folder / "layers").mkdir(parents=True)
    return configure(folder, config)


@pytest.mark.parametrize(
    ("config", "database", "named", "found"),
    [
        (None, "zos/data/zos.db", True, "zos"),
        (None, "zos/data/other.db", True, None),
        (None, "zos/zos.db", True, None),
        ("database: {path: ../zos.db}", "zos/zos.db", True, "zos"),
        ("database: {path: a/b/c.db}", "zos/data/a/b/c.db", True, None),  # too far up
        ("database: [", "zos/data/zos.db", True, None),
        (None, "link.db", True, None),
        (None, "data/zos.db", False, None),
        (None, "\0", True, None),
        (None, "loop.db", True, None),
    ],
)
def test_a_folder_is_found_by_its_database(
    here: Path, config: str | None, database: str, named: bool, found: str | None
) -> None:
    zos_folder(here / "zos", config or "")
    (here / "loop.db").symlink_to(here / "loop.db")
    option = Path(database) if named else None
    expected = here / found if found else None
    assert find_zos_dir(option, None, Path(database), environ={}) == expected
    if named and found:
        environ = {ENVIRONMENT: database}
        assert find_zos_dir(None, None, Path(database), environ=environ) == expected
        (here / found / "layers").rmdir()
        assert find_zos_dir(None, None, Path(database), environ=environ) is None


def test_a_folder_is_found_through_a_link_to_its_database(here: Path) -> None:
    zos_folder(here / "zos")
    (here / "zos" / "data").mkdir()
    (here / "zos" / "data" / "zos.db").touch()
    (here / "link.db").symlink_to(here / "zos" / "data" / "zos.db")
    assert find_zos_dir(Path("link.db"), None, Path("link.db"), environ={}) == here / "zos"


def test_the_folder_that_is_given_or_whose_config_was_used(here: Path) -> None:
    elsewhere = Path("/srv/zos.db")
    assert find_zos_dir(elsewhere, Path("zos"), elsewhere, environ={}) == Path("zos")
    assert find_zos_dir(None, None, elsewhere, environ={}) is None
    configure(here, "")
    assert find_zos_dir(None, None, elsewhere, environ={}) == Path()
    assert find_zos_dir(elsewhere, None, elsewhere, environ={}) is None
    assert find_zos_dir(None, None, elsewhere, environ={ENVIRONMENT: "/srv/zos.db"}) is None
