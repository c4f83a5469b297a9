"""What commands print and write, redacted: in every form, wherever the option stands."""

from __future__ import annotations

import json
from pathlib import Path
from socket import socket

import pytest

from tests.commands.invoking import APART, invoke
from tests.redaction.marked import LAYER, MARK, MESSAGES, PARTIAL, SHAPES
from zos_monitor.cli import main
from zos_monitor.options import REDACT_VARIABLE
from zos_monitor.questions import Shared
from zos_monitor.redacted_readers import RedactedShared

FORMS = ("--table", "--json", "--csv")
ALL = ("--filter", "since:all")
COMMANDS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("runs", "--limit", "100", *ALL): FORMS,
    ("runs", "--include-errors", "--failed", "--limit", "100"): ("--json", "--csv"),
    ("show", PARTIAL): FORMS,
    ("show", f"{SHAPES}-object"): FORMS,
    ("latest", LAYER): FORMS,
    ("stats", "--days", "30"): FORMS,
    ("errors", *ALL): FORMS,
    ("layers", *ALL): FORMS,
    ("tonight",): FORMS,
    ("check",): ("--table", "--json"),
    ("watch", PARTIAL): ("--table", "--json"),
    ("export", "-", *ALL): ("--csv", "--json"),
    ("export", "-", "--format", "md", *ALL): ("--table",),
}
TELLING = {"show", "latest", "errors", "export"}
"""The commands that print something private otherwise."""


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_prints_anything_private(marked: Path, command: tuple[str, ...]) -> None:
    for form in COMMANDS[command]:
        real = invoke("--db", marked, *command, form)
        told = invoke("--redact", "--db", marked, *command, form)
        assert told.exit_code == real.exit_code
        assert MARK not in told.output.lower()
        if form != "--table":  # in which a message is left out that its cause says already
            assert told.stdout.count("\n") == real.stdout.count("\n")
        if command[0] in TELLING or "--include-errors" in command:
            assert MARK in real.stdout.lower()
        else:
            assert MARK not in real.stdout.lower()


def test_the_option_stands_anywhere_and_the_environment_has_it(marked: Path) -> None:
    show = ("show", PARTIAL)
    for given in (("--db", marked, *show, "--redact"), (*show, "--redact", "--db", marked)):
        told = invoke(*given)
        assert (told.exit_code, MARK in told.output.lower()) == (0, False)
    told = invoke("--db", marked, *show, **{REDACT_VARIABLE: "1"})
    assert (told.exit_code, MARK in told.output.lower()) == (0, False)
    real = invoke("--db", marked, *show, **{REDACT_VARIABLE: "0"})
    assert MARK in real.output.lower()
    unclear = invoke("--db", marked, *show, **{REDACT_VARIABLE: "perhaps"})
    assert (unclear.exit_code, MARK in unclear.output.lower()) == (2, False)


def test_a_file_that_is_exported(marked: Path, tmp_path: Path) -> None:
    file = tmp_path / "runs.jsonl"
    assert invoke("--redact", "--db", marked, "export", file).exit_code == 0
    text = file.read_text(encoding="utf-8")
    assert MARK not in text.lower()
    records = {one["id"]: one for one in map(json.loads, text.splitlines())}
    first = records["run-cause-0"]
    assert first["causes"] == ["429 rate limit"]
    assert [one["node"] for one in first["errors"]] == ["reflect", "reflect"]
    assert first["errors"][0]["error"] == (
        f"429 rate limit\n({len(MESSAGES['429 rate limit'])} characters hidden)"
    )


def test_what_a_shell_completes(marked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    for words, typed in (("show", ""), ("runs --filter", "error:"), ("latest", "")):
        environ = {"COMP_WORDS": f"zos-monitor --redact --db {marked} {words} {typed}"}
        environ |= {"COMP_CWORD": str(len(environ["COMP_WORDS"].split()) - bool(typed))}
        environ |= {"_ZOS_MONITOR_COMPLETE": "bash_complete"}
        result = CliRunner(**APART, env=environ).invoke(main, [], prog_name="zos-monitor")
        assert MARK not in result.output.lower()


def test_a_server_is_given_what_redacts(marked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Shared] = []

    def serve(service: Shared, sockets: list[socket], **options: object) -> None:
        given.append(service)
        for listener in sockets:
            listener.close()

    monkeypatch.setattr("zos_monitor.commands.api._serve", serve)
    for options in ((), ("--redact",)):
        result = invoke("--db", marked, "api", "--port", "0", *options)
        assert result.exit_code == 0
    assert [isinstance(service, RedactedShared) for service in given] == [False, True]


def test_help_tells_of_it_once() -> None:
    assert "--redact" in invoke("--help").output
    assert "--redact" not in invoke("runs", "--help").output
    assert "demo --redact" in invoke("demo", "--help").output
