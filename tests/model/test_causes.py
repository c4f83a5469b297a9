"""Causes, in both directions: the same cause together, different causes apart."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.model.cause_messages import CAUSES
from zos_monitor.demo.mishaps import MISHAPS
from zos_monitor.model.cause_words import CAUSE_LENGTH
from zos_monitor.model.causes import cause_of, identity
from zos_monitor.model.filter_words import quote
from zos_monitor.model.filters import literal, parse_filter


@pytest.mark.parametrize("cause", CAUSES, ids=ascii)
def test_messages_of_one_cause_are_together_and_told_by_it(cause: str) -> None:
    assert {message: cause_of(message) for message in CAUSES[cause]} == dict.fromkeys(
        CAUSES[cause], cause
    )


def test_different_causes_are_apart_in_any_case() -> None:
    counts = Counter(identity(cause) for cause in CAUSES)
    assert counts.most_common(1)[0][1] == 1
    assert sum(map(len, CAUSES.values())) >= 150


def test_no_two_kinds_of_the_demo_are_mixed() -> None:
    causes = {mishap.kind: cause_of(mishap.text) for mishap in MISHAPS}
    assert len(set(causes.values())) == len(MISHAPS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("shelf 17 is empty", "shelf 17 is full"),
        ("'a' is not 'b'", "'a' is no 'b'"),
        ("12", "13"),
        ("/opt/a/x.py", "/opt/a/y.py"),
        ("https://one.example.org/17", "https://two.example.org/17"),
        ("错误：连接被拒绝", "错误：连接超时"),
        ("ошибка 17", "отказ 17"),
        ("'a b c'", "'d e f'"),
        ("?!", "!?"),
        ("KeyError: 'a'", "NameError: 'a'"),
        ("[Errno 5] Input/output error", "[Errno 6] No such device or address"),
        ("404 users were skipped", "404 Not Found"),
        ("exit status 1", "exit status 2"),
        (f"could not {'very ' * 20} well: no key", f"could not {'very ' * 20} well: no lock"),
    ],
)
def test_nothing_is_folded_so_far_that_two_causes_meet(one: str, other: str) -> None:
    assert cause_of(one) != cause_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("shelf 17 is empty", "shelf 4,213.5 is empty"),
        ("no answer to 'hello' from Ada", 'no answer to "bye, then" from Ada'.replace('"', "'")),
        ("could not mail a.b@example.org", "could not mail x@mail.example.com"),
        ("cannot read /opt/zos/layers/x.yaml", "cannot read ~/zos/x.yaml"),
        ("failed at 2026-11-10 09:00:36.896791", "failed at 2026-11-11T10:00:00Z"),
        ("lost req_011CSHoEeqs5C35K2UUqR7Fy", "lost req_99aSHoEeqs5C35K2UUqR7F1"),
        ("object at 0x7f3a12 is gone", "object at 0xdeadbeef is gone"),
        ("took 30s of 20s", "took 9s of 8s"),
        (f"said {'so ' * 200}: a{'b' * 400}", f"said {'so ' * 90}: x{'so ' * 100}"),
        (f"no {'very ' * 20} 17: shelf 4 is empty", f"no {'very ' * 20} 5: shelf 9 is empty"),
        ("\x1b[31mfailed\x1b[0m", "failed."),
        ("\n\n====\nfailed\nat line 1", "failed\r\nat line 2"),
        ("2026-11-01 03:00:01,123 ERROR failed to start", "failed to start"),
    ],
)
def test_data_makes_no_difference(one: str, other: str) -> None:
    assert cause_of(one) == cause_of(other)


words = st.sampled_from(
    [
        *("Traceback (most recent call last):", '\n  File "x", line 1, in f', "\nKeyError: 'a'"),
        *(
            "Error code: 429 - {",
            "'message': '",
            "'type': 'x_error'",
            "\\",
            "'",
            '"',
            "`",
            "<title>",
        ),
        *("1 validation error for A\n", "b\n  c [type=missing]", "(sqlite3.OperationalError) "),
        *("line 1 column 2 (char 3)", "[Errno 2] a", "[SSL] ", "[SSL: X] certificate", "host='a'"),
        *(
            "\x1b[",
            "\x1b]0;",
            "\x9b",
            "\x07",
            "\ud800",
            "\udcff",
            "\0",
            "\u202e",
            "\ufffd",
            "\u2028",
        ),
        *("https://a@b/c", "a@b.c", "/a/b", "0x1", "1.5", " ", ":", "*", ",", "-", "N", "…", "é"),
        *("Timeout()", "Error(", "Exception:", "KeyError('", "')", "{", "503 ", "503 Service", "|"),
    ]
)


@given(st.text(st.characters(), max_size=60) | st.lists(words, max_size=8).map("".join))
@example("")
@example("a" * 200)
def test_any_text_has_a_cause_in_one_printable_line_that_a_filter_can_ask_for(text: str) -> None:
    cause = cause_of(text)
    assert 0 < len(cause) <= CAUSE_LENGTH
    assert cause.isprintable()
    assert cause == cause.strip()
    assert cause_of(text) == cause
    (term,) = parse_filter(f"cause:{quote(cause)}").terms
    assert term.values == (literal(cause),)


@pytest.mark.parametrize(
    "long",
    [
        "x" * 100_000, "1 " * 50_000, "'\\" * 50_000, "a." * 50_000, "\x1b]" * 50_000,
        '"model": ' * 9_000, "{" * 100_000, "\ud800" * 100_000, "\n" * 100_000 + "x",
        "1 validation error for X\n" + "a.1\n  b [type=x]\n" * 6_000, "HTTP " * 20_000,
        "Traceback (most recent call last):" + '\n  File "x", line 1, in f' * 4_000,
    ],
)  # fmt: skip
def test_a_huge_message_has_a_cause_as_well(long: str) -> None:
    assert 0 < len(cause_of(long)) <= CAUSE_LENGTH
