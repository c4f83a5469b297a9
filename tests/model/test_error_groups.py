"""A run's errors in groups: by cause and node, the most frequent first."""

from __future__ import annotations

from zos_monitor.model.error_groups import group_errors
from zos_monitor.model.errors import RunError


def errors(*told: tuple[str, str | None]) -> list[RunError]:
    return [
        RunError(message=text, node=node, topic=str(number))
        for number, (text, node) in enumerate(told)
    ]


def test_errors_are_grouped_by_cause_and_node() -> None:
    found = errors(
        ("", None),
        ("Request timed out.", "reflect"),
        ("database is locked", "store"),
        ("sqlite3.OperationalError: database is locked", "reflect"),
        ("(sqlite3.OperationalError) database is locked\n[SQL: x]", "store"),
        ("no message", None),
        ("No Message", None),
    )
    groups = group_errors(found)
    assert [(group.cause, group.node, len(group.members)) for group in groups] == [
        ("no message", None, 3),
        ("database is locked", "store", 2),
        ("request timed out", "reflect", 1),
        ("database is locked", "reflect", 1),
    ]
    assert groups[0].members == (found[0], found[5], found[6])
    assert groups[1].members == (found[2], found[4])


def test_no_errors_are_no_groups() -> None:
    assert group_errors(()) == ()
