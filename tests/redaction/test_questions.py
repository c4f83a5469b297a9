"""Every question: nothing private in its answer, and all figures as they are."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import pytest_asyncio

from tests.conftest import NOW, service_on
from tests.redaction.marked import MARK, MESSAGES, OPEN, PARTIAL, SHAPES
from zos_monitor.model.causes import cause_of, identity
from zos_monitor.model.faults import NotOffered
from zos_monitor.model.filters import RunFilter, parse_filter
from zos_monitor.model.present import OpenRun, Present
from zos_monitor.questions import Service, Shared
from zos_monitor.redacted_readers import RedactedShared
from zos_monitor.redacting import RedactedService
from zos_monitor.wire.questions import QUESTIONS

pytestmark = pytest.mark.asyncio(loop_scope="module")

ALL = RunFilter()
NOTHING_PRIVATE = {
    *("newest", "run_slice", "count_on", "row_since", "count", "totals", "present", "pasts"),
    *("nights", "layer_names", "known_layers", "next_failure", "breakdown"),
}
"""The questions whose answers are the same redacted."""


class Both(NamedTuple):
    real: Service
    redacted: RedactedService


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both(marked: Path) -> AsyncIterator[Both]:
    service = service_on(marked)
    yield Both(service, RedactedService(service))
    await service.closed()


async def ask(service: Service, name: str, *arguments: object, **named: object) -> Any:  # noqa: ANN401
    asked = getattr(service, name)(*arguments, **named)
    return [one async for one in asked] if hasattr(asked, "__anext__") else await asked


async def every_answer(service: Service) -> dict[str, list[Any]]:
    """Return what all questions answer, by their names."""
    runs = await service.newest(ALL, limit=100)
    found: dict[str, list[Any]] = {
        "newest": [runs],
        "count_on": [replace(await service.count_on(ALL), version=0)],
        "run_slice": [replace(await service.run_slice(ALL), version=0)],
        "row_since": [await service.row_since(ALL, NOW)],
    }
    for name in ("count", "totals", "failures", "breakdown", "details"):
        found[name] = [await ask(service, name, ALL)]
    found["details"].append(await ask(service, "details", parse_filter(f"id:{PARTIAL}"), now=NOW))
    for name in ("pasts", "nights", "layer_names", "known_layers", "present"):
        found[name] = [await ask(service, name)]
    found["next_failure"] = [await service.next_failure(ALL, None, newer=False)]
    for name in ("run", "workings", "stored_row", "comparison"):
        found[name] = [await ask(service, name, run.id) for run in runs]
    found["comparison"].append(await service.comparison(PARTIAL, marked=f"{SHAPES}-rest"))
    worked = [one for one in found["workings"] if one.calls]
    calls, insights = (
        [one.id for workings in worked for one in getattr(workings, which)]
        for which in ("calls", "insights")
    )
    found["call_text"] = [await service.call_text(one) for one in calls]
    found["insight_text"] = [await service.insight_text(one) for one in insights]
    assert len(calls) == len(insights) == 12
    return found


async def test_no_question_is_forgotten() -> None:
    asked = {name for name in vars(Service) if name[0] != "_"} | set(Service.__annotations__)
    assert len(asked) > 20
    assert asked - vars(RedactedService).keys() == set()
    shared = {name for name in vars(Shared) if name[0] != "_"}
    assert shared - vars(RedactedShared).keys() == set()
    assert asked >= QUESTIONS.keys()


async def test_no_answer_has_anything_private(both: Both) -> None:
    real, redacted = await every_answer(both.real), await every_answer(both.redacted)
    assert real.keys() == redacted.keys() == QUESTIONS.keys()
    for name, question in QUESTIONS.items():
        for answer in redacted[name]:
            pieces = answer if question.streamed else [answer]
            told = json.dumps([question.answer.encode(piece) for piece in pieces])
            assert MARK not in f"{answer!r}{told}".lower(), name
        if name in NOTHING_PRIVATE:
            assert redacted[name] == real[name], name
        else:
            assert MARK in repr(real[name]).lower(), name
            assert len(redacted[name]) == len(real[name])


async def test_what_is_not_private_stays(both: Both) -> None:
    for real, told in zip(
        *[[run for page in await ask(one, "details", ALL) for run in page] for one in both],
        strict=True,
    ):
        assert replace(told, errors=(), early_errors=()) == replace(
            real, errors=(), early_errors=()
        )
        for name in ("errors", "early_errors"):
            one, other = getattr(real, name), getattr(told, name)
            assert kinds([identity(cause_of(error.message)) for error in one]) == kinds(
                [identity(cause_of(error.message)) for error in other]
            )
            assert kinds([error.topic for error in one]) == kinds([error.topic for error in other])
    for real, told in zip(
        *[(await ask(one, "failures", ALL))[-1].groups for one in both], strict=True
    ):
        assert replace(told, cause="", nodes=()) == replace(real, cause="", nodes=())
        assert [count for _, count in told.nodes] == [count for _, count in real.nodes]


def kinds(things: list[object]) -> list[int]:
    """Return which things are the same: of each the place of the first one."""
    return [things.index(thing) for thing in things]


async def test_causes_say_what_rules_know_and_no_more(both: Both) -> None:
    for n, (told, message) in enumerate(MESSAGES.items()):
        run = await both.redacted.run(f"run-cause-{n}")
        assert run is not None
        causes = {cause_of(error.message) for error in run.errors}
        [cause] = causes
        known, _, hidden = cause.rpartition("hidden ")
        assert (known.removesuffix(": ") if hidden.isalnum() else cause) == told
        assert run.errors[0].message == f"{cause}\n({length(message)} hidden)"
        assert {error.node for error in run.errors} == {"reflect"}


def length(text: str) -> str:
    lines = text.count("\n") + 1
    return f"{len(text)} characters" + (f" on {lines} lines" if lines > 1 else "")


async def test_a_topic_is_called_the_same_everywhere(both: Both) -> None:
    for run_id in (OPEN, PARTIAL):
        work = await both.redacted.workings(run_id)
        real = await both.real.workings(run_id)
        assert work is not None
        assert real is not None
        pairs = zip(real.targets, work.targets, strict=True)
        called = {target.topic: other.topic for target, other in pairs}
        assert [called[call.topic] for call in real.calls] == [call.topic for call in work.calls]
        assert [called[one.topic] for one in real.insights] == [one.topic for one in work.insights]
        said = {(name or "").partition(" ")[0] for name in called.values()}
        assert said == {"user", "dyad", "channel", "subject"}
        insight = await both.redacted.insight_text(work.insights[0].id)
        assert insight is not None
        assert dict(insight.others)["topic_key"] == work.insights[0].topic
    run = await both.redacted.run(PARTIAL)
    assert run is not None
    assert {error.topic for error in run.errors} <= {*called.values()}


async def test_two_services_call_the_same_topic_differently(both: Both) -> None:
    one, other = [await RedactedService(both.real).workings(PARTIAL) for _ in range(2)]
    assert one is not None
    assert other is not None
    assert {call.topic for call in one.calls}.isdisjoint({call.topic for call in other.calls})


async def test_the_columns_of_a_row(both: Both) -> None:
    stored = {value.column: value for value in await both.redacted.stored_row(PARTIAL) or ()}
    real = {value.column: value for value in await both.real.stored_row(PARTIAL) or ()}
    assert [*stored] == [*real]
    hidden = {column for column, value in stored.items() if value != real[column]}
    assert hidden == {"errors", "note"}
    assert stored["note"].text == f"({len(real['note'].text)} characters hidden)"
    assert stored["errors"].type == "text"


async def test_a_filter_matches_what_is_really_there(both: Both) -> None:
    for text in (f"error:{MARK}", f"reply{MARK}", f"-error:{MARK}*", "cause:429*"):
        flt = parse_filter(text)
        assert await both.redacted.count(flt) == await both.real.count(flt)
        assert (await both.redacted.count(flt))[0] > 0


async def test_a_filter_by_a_hidden_cause_finds_its_runs(both: Both) -> None:
    groups = (await ask(both.redacted, "failures", ALL))[-1].groups
    assert sum("hidden" in group.cause for group in groups) > 5
    for group in groups:
        flt = parse_filter(f'status:failed,partial cause:"{group.cause}","{group.cause}x"')
        assert (await both.redacted.count(flt))[0] == group.runs, group.cause
        rest = parse_filter(f'-cause:"{group.cause}"')
        matched, total = await both.redacted.count(rest)
        assert total - matched == group.runs
    assert (await both.redacted.count(parse_filter('cause:"hidden 0"')))[0] == 0


async def test_what_refuses_a_filter_does_not_tell_the_cause(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups = (await ask(both.redacted, "failures", ALL))[-1].groups
    hidden = next(group.cause for group in groups if group.cause.startswith("hidden"))

    async def refuse(flt: RunFilter) -> tuple[int, int]:
        raise NotOffered(f"{flt.text}: not offered", word=flt.text)

    monkeypatch.setattr(both.real, "count", refuse)
    for text, word in ((f'cause:"{hidden}"', "cause:"), ("cause:429", "cause:429")):
        with pytest.raises(NotOffered) as refused:
            await both.redacted.count(parse_filter(text))
        assert (refused.value.word, MARK in refused.value.message) == (word, False)


async def test_a_window_that_is_none_is_told_at_once(both: Both) -> None:
    for name in ("failures", "breakdown"):
        with pytest.raises(ValueError, match="no span of time"):
            getattr(both.redacted, name)(ALL, window="often")


async def test_lists_whose_runs_are_told_whole(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service may know no shorter form: then that is redacted too."""
    [run] = [
        run
        for page in await ask(both.real, "details", parse_filter(f"id:{PARTIAL}"))
        for run in page
    ]
    found = await both.real.run_slice(ALL)
    answers = {
        "newest": (run,),
        "run_slice": replace(found, runs=(run,)),
        "present": Present(open_runs=(OpenRun(run, None),), turned=(run,)),
    }
    for name, answer in answers.items():

        async def answered(*asked: object, told: object = answer, **named: object) -> object:
            return told

        monkeypatch.setattr(both.real, name, answered)
    for told in (
        await both.redacted.newest(ALL, limit=1),
        await both.redacted.run_slice(ALL),
        await both.redacted.present(),
    ):
        assert "429 rate limit" in repr(told)
        assert MARK not in repr(told).lower()
