"""The dashboard's keys: the one table that keys, footer, help and palette are made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from textual.binding import ActiveBinding, Binding, BindingType

from zos_monitor.tui.bindings import bound
from zos_monitor.tui.tab_view import Tab

_TABS = {
    Tab.ERRORS: "errors by cause",
    Tab.TARGETS: "targets, and where the time went",
    Tab.CALLS: "LLM calls",
    Tab.INSIGHTS: "insights",
    Tab.COMPARE: "beside another run",
    Tab.RUN: "all that is stored of the run",
}


DASHBOARD_KEYS: list[BindingType] = [
    bound("slash", "edit_filter", "filter.edit", "filter", "Edit the filter"),
    bound("n", "failure('older')", "failure.next", "failure", "Next run that went wrong"),
    bound("N", "failure('newer')", "failure.previous", "", "Previous run that went wrong"),
    bound("e", "failures", "failure.groups", "causes", "Failures by cause, over many runs"),
    bound("question_mark", "help", "app.help", "help", "Show this help"),
    bound("s", "menu('status')", "filter.state", "state", "Filter by state"),
    bound("l", "menu('layer')", "filter.layer", "layer", "Filter by layer"),
    bound("t", "menu('since')", "filter.window", "window", "Filter by time"),
    bound("C", "kind", "filter.kind", "", "Only layers with a schedule, or all"),
    bound("c", "clear_filter", "filter.clear", "", "Clear the filter"),
    bound("q", "app.quit", "app.quit", "quit", "Quit"),
    bound("T", "tonight", "nights.open", "tonight", "What became of tonight, and of other nights"),
    bound("L", "figures", "figures.open", "layers", "Full statistics by layer and by model"),
    bound("z", "zoom", "pane.zoom", "zoom", "Zoom the pane in use, or show all"),
    bound("a", "attend", "attention.next", "", "Go to the next run that asks for attention"),
    bound(
        "d", "compare", "tab.compare_now", "", "Compare with the last success, or the marked run"
    ),
    bound("m", "mark", "run.mark", "", "Mark the run to compare others with it"),
    bound("left_square_bracket", "tab(-1)", "tab.previous", "", "Previous tab of the detail"),
    bound("right_square_bracket", "tab(1)", "tab.next", "", "Next tab of the detail"),
    *(
        bound(str(number), f"show_tab('{tab}')", f"tab.{tab}", "", f"Detail: {about}")
        for number, (tab, about) in enumerate(_TABS.items(), start=1)
    ),
    bound("y", "copy_id", "copy.id", "", "Copy the run's id"),
    bound("Y", "copy_details", "copy.details", "", "Copy the details of what is selected"),
    bound("x", "export", "runs.export", "", "Export the runs of the list to a file"),
    bound("colon", "jump", "runs.jump", "", "Go to a date"),
    bound(
        "o",
        "sort('next')",
        "runs.sort",
        "sort",
        "Sort by the next figure: duration, cost, tokens …",
    ),
    bound("O", "sort('turned')", "runs.turn", "", "Turn the order round"),
    bound("u", "zone", "app.zone", "", "Times in UTC, the local zone, the scheduler's"),
    bound("F", "follow", "runs.follow", "", "Follow the newest run, or stop to"),
    bound("space", "pause", "poll.pause", "pause", "Pause the polling, or resume it"),
    bound("r", "refresh", "poll.refresh", "", "Ask for everything anew and redraw"),
    bound("tab", "next_pane(1)", "pane.next", "pane", "Next pane"),
    bound("shift+tab", "next_pane(-1)", "pane.previous", "", "Previous pane"),
    bound("escape", "back", "pane.back", "", "Close, then clear the filter"),
    bound("ctrl+p", "app.command_palette", "app.palette", "", "Find and run a command"),
]

_PLACES = {key.id: place for place, key in enumerate(DASHBOARD_KEYS) if isinstance(key, Binding)}

_IN_DETAIL = {
    "tab.next": "tab",
    "failure.next": "failure",
    "copy.details": "copy",
    "pane.back": "close",
    "app.help": "help",
    "app.quit": "quit",
    "tab.compare_now": "compare",
    "pane.zoom": "zoom",
}
"""The keys that the footer tells first while the detail is in use, with their words."""


def footer_bindings(
    active: Iterable[ActiveBinding], *, only: object = None, in_detail: bool = False
) -> list[Binding]:
    """Return the bindings that the footer shows, once each; a pane's own keys come first.

    ``only`` is the widget that takes all other keys as text, where one does. With ``in_detail``
    those follow that lead on in a run.
    """
    first = _IN_DETAIL if in_detail else {}
    found = {
        key.binding.id: replace(key.binding, description=first[key.binding.id])
        if key.binding.id in first
        else key.binding
        for key in active
        if key.enabled and key.binding.id and (key.binding.show or key.binding.id in first)
        if only is None or key.node is only
    }
    places = _PLACES | {id: place - len(first) for place, id in enumerate(first)}
    own = -len(first) - 1
    return sorted(found.values(), key=lambda binding: places.get(binding.id, own))
