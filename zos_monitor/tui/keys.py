"""The dashboard's keys: the one table that keys, footer, help and palette are made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from textual.binding import ActiveBinding, Binding, BindingType

from zos_monitor.tui.tab_view import Tab

_TABS = {
    Tab.ERRORS: "errors by cause",
    Tab.TARGETS: "targets, and where the time went",
    Tab.CALLS: "LLM calls",
    Tab.INSIGHTS: "insights",
    Tab.COMPARE: "beside another run",
    Tab.RUN: "all that is stored of the run",
}


def _key(key: str, action: str, id: str, word: str, about: str) -> Binding:
    """Return a binding; it stands in the footer where it has a word for that."""
    return Binding(key, action, word or about, id=id, tooltip=about, show=bool(word))


DASHBOARD_KEYS: list[BindingType] = [
    _key("slash", "edit_filter", "filter.edit", "filter", "Edit the filter"),
    _key("n", "failure('older')", "failure.next", "failure", "Next run that went wrong"),
    _key("N", "failure('newer')", "failure.previous", "", "Previous run that went wrong"),
    _key("e", "failures", "failure.groups", "causes", "Failures by cause, over many runs"),
    _key("question_mark", "help", "app.help", "help", "Show this help"),
    _key("s", "menu('status')", "filter.state", "state", "Filter by state"),
    _key("l", "menu('layer')", "filter.layer", "layer", "Filter by layer"),
    _key("t", "menu('since')", "filter.window", "window", "Filter by time"),
    _key("C", "kind", "filter.kind", "", "Only layers with a schedule, or all"),
    _key("c", "clear_filter", "filter.clear", "", "Clear the filter"),
    _key("q", "app.quit", "app.quit", "quit", "Quit"),
    _key("T", "tonight", "nights.open", "tonight", "What became of tonight, and of other nights"),
    _key("L", "figures", "figures.open", "layers", "Full statistics by layer and by model"),
    _key("z", "zoom", "pane.zoom", "zoom", "Zoom the pane in use, or show all"),
    _key("a", "attend", "attention.next", "", "Go to the next run that asks for attention"),
    _key("d", "compare", "tab.compare_now", "", "Compare with the last success, or the marked run"),
    _key("m", "mark", "run.mark", "", "Mark the run to compare others with it"),
    _key("left_square_bracket", "tab(-1)", "tab.previous", "", "Previous tab of the detail"),
    _key("right_square_bracket", "tab(1)", "tab.next", "", "Next tab of the detail"),
    *(
        _key(str(number), f"show_tab('{tab}')", f"tab.{tab}", "", f"Detail: {about}")
        for number, (tab, about) in enumerate(_TABS.items(), start=1)
    ),
    _key("y", "copy_id", "copy.id", "", "Copy the run's id"),
    _key("Y", "copy_details", "copy.details", "", "Copy the details of what is selected"),
    _key("x", "export", "runs.export", "", "Export the runs of the list to a file"),
    _key("colon", "jump", "runs.jump", "", "Go to a date"),
    _key(
        "o",
        "sort('next')",
        "runs.sort",
        "sort",
        "Sort by the next figure: duration, cost, tokens …",
    ),
    _key("O", "sort('turned')", "runs.turn", "", "Turn the order round"),
    _key("u", "zone", "app.zone", "", "Times in UTC, the local zone, the scheduler's"),
    _key("F", "follow", "runs.follow", "", "Follow the newest run, or stop to"),
    _key("space", "pause", "poll.pause", "pause", "Pause the polling, or resume it"),
    _key("r", "refresh", "poll.refresh", "", "Ask for everything anew and redraw"),
    _key("tab", "next_pane(1)", "pane.next", "pane", "Next pane"),
    _key("shift+tab", "next_pane(-1)", "pane.previous", "", "Previous pane"),
    _key("escape", "back", "pane.back", "", "Close, then clear the filter"),
    _key("ctrl+p", "app.command_palette", "app.palette", "", "Find and run a command"),
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
