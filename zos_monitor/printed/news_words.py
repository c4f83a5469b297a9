"""What happens to runs in lines for people: one for each change, or a bar that grows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from zos_monitor.model import phrases
from zos_monitor.model.eta import Eta
from zos_monitor.model.news import Event, News
from zos_monitor.model.runs import RunSummary
from zos_monitor.model.states import RunState
from zos_monitor.model.text import cells, one_line

_BAR = 24
_LEAST_BAR = 6
_NAME = 32
_GAP = "  "
_EIGHTHS = " ▏▎▍▌▋▊▉"


def state_word(news: News) -> str:
    """Return what a run or a start is, in one word or two; empty for news of the database."""
    if news.event is Event.VANISHED:
        return "gone"
    if news.run is not None:
        return str(news.run.state)
    return {Event.MISSED: "missed", Event.AWAITED: "to come"}.get(news.event, "")


def parts(news: News) -> list[str]:
    """Return what a line tells: the time, the layer, its state, and figures where it has any."""
    said = [f"{news.at.astimezone(UTC):%Y-%m-%d %H:%M:%SZ}", one_line(news.layer_name)]
    said.append(state_word(news))
    if news.run is not None and news.event is not Event.VANISHED:
        said += [*figures(news.run), *_ends(news.run, news.eta, news.at)]
    elif news.due_at is not None:
        said.append(f"due {_clock(news.due_at, news.at)}")
    if news.message:
        said.append(one_line(news.message))
    return [part for part in said if part]


def figures(run: RunSummary) -> list[str]:
    """Return a run's targets, calls, errors and cost, as far as there are any."""
    progress, usage = run.progress, run.usage
    done = progress.done if progress is not None else run.targets_processed
    matched = progress.matched if progress is not None else run.targets_matched
    errors = progress.errors if progress is not None else run.error_count
    return [
        f"{phrases.grouped(done)}/{phrases.grouped(matched)}",
        *([phrases.plural(usage.calls, "call")] if usage.calls else []),
        *([phrases.plural(errors, "error")] if errors else []),
        *([phrases.cost(usage.cost_usd)] if usage.cost_usd is not None else []),
    ]


def _ends(run: RunSummary, eta: Eta | None, now: datetime) -> list[str]:
    if run.duration is not None:
        return [f"took {phrases.duration(run.duration)}"]
    if run.state is not RunState.RUNNING:
        last = run.activity.last if run.activity is not None else None
        return [f"silent since {_clock(last, now)}"] if last is not None else []
    if eta is None:
        return []
    # Instants, for what is left changes with the time.
    begin, end = (_clock(at, now) for at in (eta.earliest, eta.latest))
    return [f"ends about {end}"] if begin == end else [f"ends {begin} to {end}"]


def _clock(instant: datetime, now: datetime) -> str:
    return phrases.clock_time(instant, now, UTC) + "Z"


def bar_lines(
    running: Sequence[tuple[RunSummary, Eta | None]], now: datetime, width: int, *, plain: bool
) -> list[str]:
    """Return a line of at most ``width`` cells for each run: how far it is."""
    names = [_cut(one_line(run.layer_name), min(_NAME, width // 2)) for run, _ in running]
    longest = max(map(cells, names), default=0)
    told = [_GAP.join([*figures(run), *_ends(run, eta, now)]) for run, eta in running]
    most = max(map(cells, told), default=0)
    room = min(width - longest - most - 2 * len(_GAP), _BAR)
    lines = []
    for name, (run, _), words in zip(names, running, told, strict=True):
        share = run.progress.share if run.progress is not None else None
        bar = _bar(share or 0.0, room, plain=plain) if room >= _LEAST_BAR else ""
        padded = name + " " * (longest - cells(name))
        lines.append(_cut(_GAP.join(part for part in (padded, bar, words) if part), width))
    return lines


def _bar(share: float, width: int, *, plain: bool) -> str:
    share = min(max(share, 0.0), 1.0)
    if plain:
        full = int(share * (width - 2))
        return "[" + "#" * full + "." * (width - 2 - full) + "]"
    full, eighths = divmod(int(share * width * 8), 8)
    part = _EIGHTHS[eighths] if eighths else ""
    return "█" * full + part + "░" * (width - full - len(part))


def _cut(text: str, width: int) -> str:
    if cells(text) <= width:
        return text
    while text and cells(text) >= width:
        text = text[:-1]
    return text + "…"
