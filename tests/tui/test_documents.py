"""What the reader shows of a call, an insight and an error, and what is copied of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest

from tests.tui.driving import NOW
from tests.tui.made_workings import made_call, made_insight
from zos_monitor.model.calls import CallText, InsightText
from zos_monitor.model.errors import RunError
from zos_monitor.tui.call_words import model_of, result, short_model
from zos_monitor.tui.documents import (
    Document,
    call_document,
    error_document,
    insight_document,
    note_document,
)
from zos_monitor.tui.glyphs import ASCII, UNICODE
from zos_monitor.tui.run_columns import Setting

SETTING = Setting(NOW, UTC, UNICODE)
HOSTILE = "a\x1b]52;c;eA==\x07b \u202ec\r\nd \udcff[@click=app.quit]x[/]"
TRACEBACK = """Traceback (most recent call last):
  File "/opt/zos/a.py", line 3, in outer
    inner()
    ^^^^^^^
  File "/opt/zos/b.py", line 12, in inner
    raise ValueError("no")
ValueError: no"""


def told(document: Document) -> list[str]:
    return ["".join(cell.text for cell in part.cells) for part in document.paragraphs()]


def styled(document: Document, style: str) -> list[str]:
    parts = document.paragraphs()
    return [cell.text for part in parts for cell in part.cells if cell.style == style]


def test_a_call_is_told_with_its_facts_its_error_its_response_and_its_prompt() -> None:
    call = made_call(succeeded=False, error="Connection")
    text = CallText(id="call-1", prompt="Say:\n[1]", response='{"a": 1}', error="Connection error.")
    document = call_document(call, text, SETTING)
    assert document.title == "Call · @ada"
    assert told(document) == [
        "Result      ✗ connection error",
        "Ended       2026-11-21 03:00:04 UTC  after 4.0s",
        "Topic       @ada  server:1:user:2",
        "Type        reflection",
        "Model       anthropic claude-sonnet-4-6  profile moderate",
        "Tokens      1,234  1,200 in  34 out",
        "Cost        $0.01",
        "Call        call-1",
        *("", "Error  17 characters", "Connection error."),
        *("", "Response  8 characters", "{", '  "a": 1', "}"),
        *("", "Prompt  8 characters", "Say:", "[1]"),
    ]
    assert document.core == ("the response", '{"a": 1}')
    assert document.plain.endswith(
        'error:\nConnection error.\n\nresponse:\n{"a": 1}\n\nprompt:\nSay:\n[1]'
    )


def test_what_is_not_recorded_of_a_call_is_said() -> None:
    fields = ("tokens_input", "tokens_output", "tokens_total", "cost_usd", "latency", "ended_at")
    names = ("topic", "topic_name", "model_profile", "model_provider", "model_name", "succeeded")
    call = replace(made_call(kind=""), **dict.fromkeys(fields + names))  # type: ignore[arg-type]
    document = call_document(call, CallText(id="c", prompt=None, response=" ", error=None), SETTING)
    assert document.title == "Call"
    assert told(document)[:7] == [
        "Result      ? not recorded",
        "Ended       —",
        "Topic       none",
        "Type        —",
        "Model       —",
        "Tokens      —",
        "Cost        —",
    ]
    assert styled(document, "text--empty") == ["(it is empty)", "not recorded"]
    assert document.plain == "id: call-1\ntype: \n\nresponse:\n "


def test_an_insight_is_told_with_all_that_is_stored() -> None:
    text = InsightText(id="i", content="They returned\nto it.", others=(("id", "i"), ("x", "1\n2")))
    document = insight_document(made_insight(), text, SETTING)
    assert told(document) == [
        "Topic       @ada  server:1:user:2",
        "Category    user_reflection",
        "Made        2026-11-21 03:00:04 UTC",
        *("", "Content  20 characters", "They returned", "to it."),
        *("", "As stored", "id  i", "x   1 ⏎ 2"),
    ]
    assert document.core.text == "They returned\nto it."
    assert document.plain == "id: i\nx: 1\n2\n\nThey returned\nto it."


def test_a_traceback_is_coloured_and_can_be_folded_to_its_last_frame() -> None:
    document = error_document(RunError(message=TRACEBACK, node="reflect"), SETTING)
    assert told(document)[4:] == TRACEBACK.split("\n")
    assert styled(document, "text--error-title") == ["ValueError: no"]
    assert styled(document, "text--strong") == ["line 3", "outer", "line 12", "inner"]
    assert '  File "/opt/zos/a.py", ' in styled(document, "text--muted")
    assert not document.folded
    assert document.turned is not None
    folded = document.turned()
    assert folded.folded
    assert told(folded)[4:] == ["  4 lines folded", *TRACEBACK.split("\n")[4:]]
    assert folded.plain == document.plain  # what is copied is whole
    assert folded.turned is not None
    assert told(folded.turned()) == told(document)


@pytest.mark.parametrize(
    "message",
    ["", "no", "x" * 300_000, f"{TRACEBACK}\n" * 3000],
    ids=["empty", "short", "long", "book"],
)
def test_what_is_no_traceback_or_a_book_of_them_does_not_fold(message: str) -> None:
    document = error_document(RunError(message=message), SETTING, folded=True)
    assert document.turned is None
    assert told(document)[4] == (message.split("\n")[0] or "(the message is empty)")


def test_texts_are_shown_harmless_and_copied_as_they_are() -> None:
    texts = [
        call_document(
            made_call(topic=HOSTILE, topic_name=HOSTILE, kind=HOSTILE, error=HOSTILE),
            CallText(id="c", prompt=HOSTILE, response=f"```json\n[{HOSTILE}", error=HOSTILE),
            SETTING,
        ),
        insight_document(
            made_insight(topic_name=HOSTILE, category=HOSTILE),
            InsightText(id="i", content=HOSTILE, others=((HOSTILE, HOSTILE),)),
            SETTING,
        ),
        error_document(
            RunError(message=f"{TRACEBACK}{HOSTILE}", topic=HOSTILE, node=HOSTILE), SETTING
        ),
    ]
    for document in texts:
        shown = "".join([document.title, *told(document)])
        assert not set("\x1b\x07\r\n\u202e\udcff") & set(shown)
        assert "[@click=app.quit]" in shown
        assert HOSTILE in document.plain
        assert HOSTILE in document.core.text


def test_a_note_has_nothing_to_copy() -> None:
    document = note_document("This call is no longer in the database.")
    assert told(document) == ["This call is no longer in the database."]
    assert document.plain == document.core.text == ""


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("claude-sonnet-4-6", "sonnet-4-6"),
        ("claude-haiku-4-5-20251001", "haiku-4-5"),
        ("anthropic/claude-opus-4-6:latest", "opus-4-6:latest"),
        ("gpt-4o-2024-08-06", "gpt-4o"),
        ("claude-3-5-sonnet-latest", "3-5-sonnet"),
        ("models/gemini-2.5-pro", "gemini-2.5-pro"),
        ("claude-", "claude-"),
        ("a\nb", "a ⏎ b"),
    ],
)
def test_a_model_is_told_without_its_maker_and_its_day(name: str, short: str) -> None:
    assert short_model(name) == short
    assert model_of(made_call(model_name=name)) == short
    assert model_of(made_call(model_name=None)) == "moderate"


@pytest.mark.parametrize(
    ("succeeded", "error", "words"),
    [
        (True, "", "+ ok"),
        (True, "left over", "+ ok"),
        (False, "Connection error.", "x connection error"),
        (False, " ", "x error"),
        (None, "Connection error.", "x connection error"),
        (None, "", "? not recorded"),
    ],
)
def test_a_call_is_ok_or_told_by_its_cause(succeeded: bool | None, error: str, words: str) -> None:
    assert result(made_call(succeeded=succeeded, error=error), ASCII) == words
