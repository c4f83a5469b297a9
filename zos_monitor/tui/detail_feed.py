"""The detail pane's feed: asks for a run, and for what the tab in view shows of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from zos_monitor.model.faults import DatabaseFault, NotOffered
from zos_monitor.model.runs import RunDetail
from zos_monitor.questions import Service
from zos_monitor.reports import words
from zos_monitor.tui.refusals import refusal_words
from zos_monitor.tui.tab_view import Matter, Tab
from zos_monitor.tui.widgets.run_detail import RunDetailPane

_PARTS = {
    Tab.TARGETS: "workings",
    Tab.CALLS: "workings",
    Tab.INSIGHTS: "workings",
    Tab.COMPARE: "comparison",
    Tab.RUN: "stored",
}


class _Asked(NamedTuple):
    """What a part was asked for: it may have to be asked for again once that is another one."""

    run: RunDetail
    marked: str | None


class DetailFeed:
    """Keeps the detail pane fed. ``selected`` tells the id of the run that it is to show.

    Its questions raise DatabaseFault, which is said in the place of a part that is not known yet;
    what is not offered is said in its place. An answer that comes after another run was selected
    is dropped.
    """

    def __init__(
        self, service: Service, pane: RunDetailPane, selected: Callable[[], str | None]
    ) -> None:
        self.marked: str | None = None
        """The id of the run that others are compared with; None for the last success of each."""
        self._service = service
        self._pane = pane
        self._selected = selected
        self._asked: dict[str, _Asked] = {}

    async def show(self, run_id: str | None) -> None:
        """Show a run, first what is known of it by now."""
        refused: dict[str, str] = {}
        run = None
        try:
            run = await self._service.run(run_id) if run_id is not None else None
        except NotOffered as refusal:
            refused["run"] = refusal_words(refusal)
        if self._selected() != run_id:
            return
        last = self._pane.matter
        same = run is not None and last.run is not None and last.run.id == run.id
        if not same:
            self._asked.clear()
        self._pane.show(last._replace(run=run) if same else Matter(run, refused=refused))
        await self.complete()

    async def complete(self) -> None:
        """Ask for what the tab in view shows, where it is not there or may be out of date."""
        run, part = self._pane.matter.run, _PARTS.get(self._pane.tab)
        if run is None or part is None:
            return
        asked = _Asked(run, self.marked)
        # Of a run that has ended all else stays as it is while its counts do.
        if self._asked.get(part) == asked and not run.open:
            return
        if self._refused_as(part, asked):
            return
        try:
            answer = await self._ask(part, run.id)
        except NotOffered as refusal:
            if self._tell(run.id, part, None, refusal_words(refusal)):
                self._asked[part] = asked
        except DatabaseFault as fault:  # what was told of it before stays
            self._asked.pop(part, None)
            self._tell(run.id, part, getattr(self._pane.matter, part), fault.message)
            raise
        except Exception as error:  # it is said in its place, and told as any other mishap
            self._asked.pop(part, None)
            self._tell(run.id, part, getattr(self._pane.matter, part), words(error))
            raise
        else:
            if self._tell(run.id, part, answer):
                self._asked[part] = asked

    def _tell(self, run_id: str, part: str, answer: object, refused: str = "") -> bool:
        """Show a part of a run, or why there is none; tell whether that run is still shown."""
        shown = self._pane.matter
        if shown.run is None or shown.run.id != run_id:
            return False
        told = {name: said for name, said in shown.refused.items() if name != part}
        if refused:
            told[part] = refused
        self._pane.show(shown._replace(**{part: answer, "refused": told}))  # type: ignore[arg-type]
        return True

    def _refused_as(self, part: str, asked: _Asked) -> bool:
        """Tell whether a part of this run is not offered; then it is not asked for once more."""
        last = self._asked.get(part)
        same = last is not None and last.run.id == asked.run.id and last.marked == asked.marked
        return same and part in self._pane.matter.refused

    async def _ask(self, part: str, run_id: str) -> object:
        if part == "workings":
            return await self._service.workings(run_id)
        if part == "stored":
            return await self._service.stored_row(run_id)
        return await self._service.comparison(run_id, marked=self.marked)
