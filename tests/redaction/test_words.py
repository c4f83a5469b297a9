"""Pseudonyms, hidden texts, and the phrases that are all that stays of a cause."""

from __future__ import annotations

import doctest
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model.cause_messages import CAUSES
from zos_monitor.model import hidden, plain_causes, pseudonyms
from zos_monitor.model.causes import cause_of, identity
from zos_monitor.model.errors import RunError
from zos_monitor.model.hidden import hidden_message, hidden_text, is_hidden
from zos_monitor.model.plain_causes import _words, plain_part
from zos_monitor.model.pseudonyms import Pseudonyms
from zos_monitor.model.redaction import Redaction

REDACTION = Redaction(b"key")
PHRASE = "|".join(map(re.escape, sorted(_words().values(), key=len, reverse=True)))
PUBLIC = re.compile(
    rf"(?:(?:[45]\d\d )?(?:{PHRASE})(?:: localhost(?::\d+)?)?"
    r"|validation(?: of Insight(?:: [a-z_, 0-9]+)?)?)?(?:(?:^|: )hidden [0-9a-f]{4,16})?"
)
"""All that may be said of an error."""
SAID = [message for messages in CAUSES.values() for message in messages]
MESSAGES = st.one_of(
    st.text(),
    st.sampled_from(SAID),
    st.tuples(
        st.sampled_from([*_words()]), st.sampled_from(["", ": ", ". ", " (", "\n"]), st.text()
    ).map("".join),
)


@pytest.mark.parametrize("module", [hidden, plain_causes, pseudonyms])
def test_the_examples(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@given(MESSAGES)
def test_of_any_message_there_stays_nothing_but_phrases(message: str) -> None:
    told = REDACTION.message(message)
    if not message:
        assert told == ""
        return
    cause, line_end, rest = told.partition("\n")
    assert PUBLIC.fullmatch(cause), cause
    assert (line_end + rest) == f"\n{hidden_text(message)}"
    assert is_hidden(told)
    assert cause_of(told) == cause == REDACTION.cause(cause_of(message))
    assert len(cause) <= 110


@given(MESSAGES, MESSAGES)
def test_messages_of_one_cause_stay_of_one_and_others_of_others(one: str, other: str) -> None:
    real = identity(cause_of(one)) == identity(cause_of(other))
    told = [identity(cause_of(REDACTION.message(message))) for message in (one, other)]
    assert (told[0] == told[1]) == real


@given(st.text())
def test_letters_of_either_case_are_one_cause(message: str) -> None:
    cause = cause_of(message)
    assert plain_part(cause) == plain_part(identity(cause))


@given(st.text(), st.text(min_size=1))
def test_a_hidden_message_is_known_by_its_own_form_alone(cause: str, text: str) -> None:
    shown = cause_of(hidden_message(cause, text))
    assert shown.isprintable()
    assert len(shown) <= 90


def test_parts_of_a_message_do_not_tell_how_long_it_is() -> None:
    told = REDACTION.message("Error code: 429", whole=False)
    assert told == "429 rate limit\n(text hidden)"
    assert cause_of(told) == "429 rate limit"


@given(st.lists(st.text(min_size=1), unique_by=lambda text: text.encode("utf-8", "replace")))
def test_no_two_topics_have_the_same_pseudonym(keys: list[str]) -> None:
    names = Pseudonyms(b"key")
    told = [names.topic(key) for key in keys]
    assert len({*told}) == len(keys)
    assert told == [names.topic(key) for key in keys]
    assert all(re.fullmatch(r"[a-z]+ [0-9a-f]{4,16}", one) for one in told)


def test_pseudonyms_that_begin_alike_get_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    names = Pseudonyms(b"key")
    told = [names.of("user", str(n)) for n in range(2_000)]
    assert len({*told}) == 2_000
    assert {len(one) for one in told} == {len("user 1234"), len("user 123456")}
    monkeypatch.setattr(pseudonyms, "MOST", len(names._taken))
    more = [names.of("user", str(n)) for n in range(2_100)]
    assert more[:2_000] == told
    assert {len(one) for one in more[2_000:]} == {len("user ") + 16}
    assert len(names._taken) == 2_000


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("server:1", "server"),
        ("server:1:user:2", "user"),
        ("server:1:dyad:2:3", "dyad"),
        ("server:1:channel:4", "channel"),
        ("server:1:emoji:x", "emoji"),
        ("server:1:subject:garden", "subject"),
        ("user:2", "user"),
        ("dyad:2:3", "dyad"),
        ("self:zos", "self"),
        ("user", "topic"),
        ("Ada:Bram", "topic"),
        ("server:1:Ada:2", "topic"),
        ("server:user", "server"),
        ("\udcff:user:Ada", "topic"),
    ],
)
def test_what_kind_of_topic_a_key_is_of(key: str, kind: str) -> None:
    assert Pseudonyms(b"").topic(key).partition(" ")[0] == kind


def test_of_a_node_there_stays_a_name() -> None:
    nodes = (None, "", "reflect", "fetch messages", "x" * 61, '{"a": 1}', "Ada\nsaid", "ein_Knoten")
    told = [error.node for error in REDACTION.errors([RunError(message="", node=n) for n in nodes])]
    assert told[:4] == [*nodes[:4]]
    assert told[-1] == nodes[-1]
    assert all((node or "").startswith("hidden ") for node in told[4:7])
    assert all(one != other for one, other in pairwise(told))


def test_hidden_causes_are_forgotten_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    from zos_monitor.model import redaction

    monkeypatch.setattr(redaction, "_REMEMBERED", 3)
    one = redaction.Redaction(b"key")
    told = [one.cause(f"a cause {letter}") for letter in "abcdef"]
    assert len(one._real) == 3
    assert [one._meant(cause) == cause for cause in told] == [True] * 3 + [False] * 3
