"""A run's facts and errors as styled text: what the detail pane reads."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from zos_monitor.model import phrases
from zos_monitor.model.errors import RunError
from zos_monitor.model.runs import RunDetail, Source
from zos_monitor.model.states import RunState
from zos_monitor.model.text import one_line, visible
from zos_monitor.tui.run_columns import Setting, elapsed
from zos_monitor.tui.text_pane import Paragraph

_LABEL_WIDTH = 10


def describe(run: RunDetail, setting: Setting) -> list[Paragraph]:
    """Return the whole text of a run: its facts, then each error in full."""
    return [*_facts(run, setting), Paragraph(Content("")), *_errors(run)]


def _facts(run: RunDetail, setting: Setting) -> Iterator[Paragraph]:
    yield _fact("State", _state(run, setting))
    yield _fact("Started", _started(run, setting))
    yield _fact("Completed", _completed(run, setting))
    yield _fact("Targets", Content(_targets(run)))
    yield _fact("Insights", Content(_insights(run)))
    yield _fact("Calls", Content(_calls(run)))
    yield _fact("Tokens", _tokens(run))
    yield _fact("Cost", _cost(run))
    yield _fact("Model", _model(run))
    yield _fact("Layer", Content(one_line(run.layer_name)))
    yield _fact("Hash", Content(one_line(run.layer_hash) or phrases.NOTHING))
    yield _fact("Run", Content(one_line(run.id)))


def _fact(label: str, value: Content) -> Paragraph:
    text = Content.assemble((label.ljust(_LABEL_WIDTH), "$foreground-muted"), value)
    return Paragraph(text, _LABEL_WIDTH)


def _completed(run: RunDetail, setting: Setting) -> Content:
    took = elapsed(run, setting.now)
    if run.completed_at is None:
        so_far = f"not yet, after {took.rstrip('+')}"
        return Content(so_far if run.state is RunState.RUNNING else "unreadable")
    exactly = phrases.exactly(run.completed_at, setting.zone)
    return Content.assemble(exactly, (f"  after {took}", "$foreground-muted"))


def _state(run: RunDetail, setting: Setting) -> Content:
    word = Content.styled(setting.glyphs.state(run.state), f"$state-{run.state}")
    if run.state is RunState.RUNNING:
        note = f"  stored as {one_line(run.status)}, not completed"
    elif run.state is RunState.UNKNOWN:
        note = f"  stored as {one_line(run.status) or 'nothing'}"
    else:
        note = ""
    return word + Content.styled(note, "$foreground-muted")


def _started(run: RunDetail, setting: Setting) -> Content:
    if run.started_at is None:
        return Content(f"unreadable: {one_line(str(run.key.started))}")
    exactly = phrases.exactly(run.started_at, setting.zone)
    ago = phrases.ago(run.started_at, setting.now)
    return Content.assemble(exactly, (f"  {ago}", "$foreground-muted"))


def _targets(run: RunDetail) -> str:
    matched = phrases.grouped(run.targets_matched)
    if run.state is RunState.RUNNING:
        return f"{matched} matched; zos tells the rest when the run ends"
    processed, skipped = run.targets_processed, run.targets_skipped
    return (
        f"{phrases.grouped(processed)} of {matched} processed, {phrases.grouped(skipped)} skipped"
    )


def _insights(run: RunDetail) -> str:
    stored = run.insights_stored
    if run.state is RunState.RUNNING:
        return f"{stored} so far" if stored is not None else phrases.NOTHING
    created = phrases.grouped(run.insights_created)
    if stored is None or stored == run.insights_created:
        return created
    return f"{created} {'answer' if run.insights_created == 1 else 'answers'}, {stored} stored"


def _calls(run: RunDetail) -> str:
    usage = run.usage
    if not usage.calls:
        return "none recorded"
    return f"{usage.calls:,}" + (f", {usage.failed_calls:,} failed" if usage.failed_calls else "")


def _tokens(run: RunDetail) -> Content:
    usage = run.usage
    if usage.tokens_total is None:
        return Content("not recorded")
    text = phrases.grouped(usage.tokens_total)
    if usage.tokens_input is not None and usage.tokens_output is not None:
        text += f"  {phrases.grouped(usage.tokens_input)} in"
        text += f"  {phrases.grouped(usage.tokens_output)} out"
    stored = run.tokens_total
    differs = usage.calls and stored is not None and stored != usage.tokens_total
    return _figure(text, f"its row says {phrases.grouped(stored)}" if differs else "")


def _cost(run: RunDetail) -> Content:
    usage, stored = run.usage, run.estimated_cost_usd
    if usage.cost_usd is None:
        return Content("not recorded")
    if usage.cost_source is Source.ROW:
        return _figure(phrases.cost(usage.cost_usd), "by its row, no calls are recorded")
    differs = stored is not None and abs(stored - usage.cost_usd) >= 0.005
    note = f"its row says {phrases.cost(stored)}" if differs else ""
    return _figure(phrases.cost(usage.cost_usd), note)


def _figure(text: str, note: str) -> Content:
    return Content.assemble(text, (f"  {note}" if note else "", "$foreground-muted"))


def _model(run: RunDetail) -> Content:
    names = [one_line(name) for name in (run.model_provider, run.model_name) if name]
    profile = one_line(run.model_profile) if run.model_profile else ""
    if not names:
        return Content(f"profile {profile}" if profile else phrases.NOTHING)
    return Content.assemble(
        " ".join(names), (f" ({profile})" if profile else "", "$foreground-muted")
    )


def _errors(run: RunDetail) -> Iterator[Paragraph]:
    if not run.errors:
        words = "No errors yet" if run.state is RunState.RUNNING else "No errors"
        yield Paragraph(Content.styled(words, "$foreground-muted"))
        return
    count = phrases.plural(len(run.errors), "error")
    yield Paragraph(Content.styled(count, "bold $text-error"))
    for number, error in enumerate(run.errors, start=1):
        yield Paragraph(Content(""))
        yield from _where(number, error)
        yield from _message(error)


def _where(number: int, error: RunError) -> Iterator[Paragraph]:
    node = one_line(error.node) if error.node is not None else "no node"
    yield Paragraph(Content.assemble((f"{number}  ", "$text-error"), (node, "bold")))
    topic = one_line(error.topic) if error.topic is not None else "no topic"
    name = f"{one_line(error.topic_name)}  " if error.topic_name else ""
    yield Paragraph(Content.assemble(name, (topic, "$foreground-muted")))


def _message(error: RunError) -> Iterator[Paragraph]:
    text = visible(error.message)
    if not text.strip():
        yield Paragraph(Content.styled("(the message is empty)", "italic $foreground-muted"))
        return
    for line in text.split("\n"):
        yield Paragraph(Content(line))
