"""Opening the dashboard: the newest runs are asked for first, and Textual is imported meanwhile.

Nothing here may import Textual before the runs are there, for that takes longer than they do.
"""

from __future__ import annotations

import asyncio
import gc
import shutil
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from zos_monitor.model.faults import DatabaseFault
from zos_monitor.model.filters import RunFilter
from zos_monitor.model.runs import RunSummary
from zos_monitor.questions import Service
from zos_monitor.reports import unforeseen
from zos_monitor.reports.hooks import watch_loop
from zos_monitor.signals import ALL_SIGNALS, leaving_by_call
from zos_monitor.tui.first_rows import FirstAnswer, FirstRows, Look, draw, has_colours
from zos_monitor.tui.glyphs import choose
from zos_monitor.tui.loaded_runs import PAGE
from zos_monitor.tui.run_columns import Setting
from zos_monitor.tui.terminal_kinds import Colours, colours

if TYPE_CHECKING:
    from textual.driver import Driver

    from zos_monitor.tui.app import MonitorApp

_Answer = TypeVar("_Answer")

_PATIENCE = 0.15  # seconds; for a database that takes longer, Textual is not kept waiting


def run_dashboard(
    service: Service,
    flt: RunFilter,
    *,
    plain: bool,
    plain_driver: bool,
    bell: bool,
    environ: Mapping[str, str],
) -> int | None:
    """Run the dashboard on a terminal until the operator leaves, and return the exit status.

    ``plain`` asks for signs of ASCII alone, ``plain_driver`` for Textual's own driver, which
    takes over no screen that shows something already. ``bell`` has the terminal's bell rung when
    something turns out badly. What ends the dashboard is raised once the terminal is as it was.
    """
    # What a start makes stays: to look for garbage meanwhile takes a tenth of the time, and finds
    # none. The app has it looked for again once its first frame is drawn.
    gc.disable()

    async def run() -> int | None:
        watch_loop()
        try:
            options = _Options(plain, plain_driver, bell, environ)
            return await _run(service, flt, options)
        finally:
            await service.closed()

    return asyncio.run(run())


class _Ending:
    """Takes note of the exit status to leave with, and tells the app where there is one."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.app: MonitorApp | None = None

    def ask(self, status: int) -> None:
        """Leave with this exit status."""
        self.status = status
        if self.app is not None:
            self.app.leave(status)


class _Options(NamedTuple):
    plain: bool
    plain_driver: bool
    bell: bool
    environ: Mapping[str, str]


async def _run(service: Service, flt: RunFilter, options: _Options) -> int | None:
    plain_driver, environ = options.plain_driver, options.environ
    setting = Setting(service.clock(), service.zone, choose(plain=options.plain, environ=environ))
    ending = _Ending()
    with leaving_by_call(ending.ask, ALL_SIGNALS), FirstRows() as first_rows:
        if not (plain_driver or environ.get("TEXTUAL_DRIVER")):
            width, height = shutil.get_terminal_size()
            look = Look(width, height, service.place, flt.text, has_colours(environ))
            asking = asyncio.ensure_future(service.newest(flt, limit=height, now=setting.now))
            if (runs := await answered(service, asking, _PATIENCE)) is not None:
                _show(first_rows, runs, setting, look)

        listing = asyncio.ensure_future(
            service.run_slice(flt, limit=PAGE, now=setting.now, patience=_PATIENCE)
        )
        # In a thread, so that question and signals are dealt with beside it.
        app_class, driver = await asyncio.to_thread(_import_app, plain_driver, environ)
        if driver is None:
            first_rows.leave()
        if (page := await answered(service, listing, 0)) is not None:
            first_rows.answer = FirstAnswer(page, setting.now)
        if ending.status is not None:
            return ending.status
        ending.app = app_class(
            service,
            filter_text=flt.text,
            glyphs=setting.glyphs,
            driver_class=driver,
            first_rows=first_rows,
            bell=options.bell,
            colourless=colours(environ) is Colours.NONE,
        )
        try:
            await ending.app.run_async()
        finally:  # what has ended it comes before what went wrong in ending
            if ending.app.ended_by is not None:
                raise ending.app.ended_by
        return ending.app.return_code


def _show(
    first_rows: FirstRows, runs: tuple[RunSummary, ...], setting: Setting, look: Look
) -> None:
    try:
        first_rows.show(draw(runs, setting, look))
    except Exception as error:  # the dashboard is about to draw all of it anew
        unforeseen(error, "drawing the first rows")


def _import_app(
    plain_driver: bool, environ: Mapping[str, str]
) -> tuple[type[MonitorApp], type[Driver] | None]:
    """Import what takes longest: the app, and the driver that it is to run on."""
    from zos_monitor.tui.app import MonitorApp
    from zos_monitor.tui.driver_choice import choose_driver

    return MonitorApp, choose_driver(plain=plain_driver, environ=environ)


async def answered(
    service: Service, asking: asyncio.Future[_Answer], patience: float
) -> _Answer | None:
    """Return an answer; None if there is none within so many seconds, or none to be had."""
    await asyncio.wait([asking], timeout=patience)
    if not asking.done():
        asking.cancel()
        await asyncio.wait([asking])
    if asking.cancelled():
        return None
    try:
        return asking.result()
    except DatabaseFault:
        service.poll.look_now()  # which tells what is wrong
    except Exception as error:  # the dashboard opens, asks again, and tells of it
        unforeseen(error, "the first question")
    return None
