"""The tabs' widgets, each imported when it is first shown."""

from __future__ import annotations

from collections.abc import Callable

from textual.widget import Widget

from zos_monitor.tui.run_columns import Setting
from zos_monitor.tui.tab_view import Tab


def make_tab(tab: Tab, setting: Setting) -> Widget:
    """Return a tab's widget, which is a ``TabView`` too."""
    return _MAKERS[tab](setting)


def _errors(setting: Setting) -> Widget:
    from zos_monitor.tui.widgets.errors_tab import ErrorsTab

    return ErrorsTab(setting, id=tab_id(Tab.ERRORS))


def _targets(setting: Setting) -> Widget:
    from zos_monitor.tui.widgets.targets_tab import TargetsTab

    return TargetsTab(setting, id=tab_id(Tab.TARGETS))


def _calls(setting: Setting) -> Widget:
    from zos_monitor.tui.widgets.calls_tab import CallsTab

    return CallsTab(setting, id=tab_id(Tab.CALLS))


def _insights(setting: Setting) -> Widget:
    from zos_monitor.tui.widgets.insights_tab import InsightsTab

    return InsightsTab(setting, id=tab_id(Tab.INSIGHTS))


def _compare(setting: Setting) -> Widget:
    from zos_monitor.tui.widgets.compare_tab import CompareTab

    return CompareTab(setting, id=tab_id(Tab.COMPARE))


def _run(setting: Setting) -> Widget:
    from zos_monitor.tui.widgets.run_tab import RunTab

    return RunTab(setting, id=tab_id(Tab.RUN))


def tab_id(tab: Tab) -> str:
    """Return the id of a tab's widget."""
    return f"tab-{tab}"


_MAKERS: dict[Tab, Callable[[Setting], Widget]] = {
    Tab.ERRORS: _errors,
    Tab.TARGETS: _targets,
    Tab.CALLS: _calls,
    Tab.INSIGHTS: _insights,
    Tab.COMPARE: _compare,
    Tab.RUN: _run,
}
