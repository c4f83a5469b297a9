"""Opening the dashboard: the newest runs are asked for first, and Textual is imported meanwhile.

Nothing here may import Textual before the runs are there, for that takes longer than they do.
"""

from __future__ import annotations

import asyncio
import gc
import shutil
from collections.abc import Callable, Mapping

from zos_monitor.model.filters import RunFilter
from zos_monitor.model.runs import RunSlice
from zos_monitor.service import RunService
from zos_monitor.store.faults import DatabaseFault
from zos_monitor.tui.first_rows import FirstAnswer, FirstRows, Look, draw, has_colours
from zos_monitor.tui.glyphs import choose
from zos_monitor.tui.loaded_runs import PAGE
from zos_monitor.tui.run_columns import Setting
from zos_monitor.tui.signals import leaving_by_call

_PATIENCE = 0.15  # seconds; for a database that takes longer, Textual is not kept waiting


def run_dashboard(
    service: RunService,
    flt: RunFilter,
    *,
    plain: bool,
    plain_driver: bool,
    environ: Mapping[str, str],
) -> int | None:
    """Run the dashboard on a terminal until the operator leaves, and return the exit status.

    ``plain`` asks for signs of ASCII alone, ``plain_driver`` for Textual's own driver, which
    takes over no screen that shows something already.
    """
    # What a start makes stays: to look for garbage meanwhile takes a tenth of the time, and finds
    # none. The app has it looked for again once its first frame is drawn.
    gc.disable()
    early = not (plain_driver or environ.get("TEXTUAL_DRIVER"))
    return asyncio.run(_run(service, flt, plain=plain, early=early, environ=environ))


class _Ending:
    """Takes note of being told to leave, and tells the app once there is one."""

    def __init__(self) -> None:
        self._status: int | None = None
        self._leave: Callable[[int], None] | None = None

    def ask(self, status: int) -> None:
        """Leave with this exit status."""
        self._status = status
        if self._leave is not None:
            self._leave(status)

    def pass_on(self, leave: Callable[[int], None]) -> None:
        """Have this called, also for what was asked before."""
        self._leave = leave
        if self._status is not None:
            leave(self._status)


async def _run(
    service: RunService, flt: RunFilter, *, plain: bool, early: bool, environ: Mapping[str, str]
) -> int | None:
    setting = Setting(service.clock(), service.zone, choose(plain=plain, environ=environ))
    ending = _Ending()
    with leaving_by_call(ending.ask), FirstRows() as first_rows:
        asking = asyncio.ensure_future(_newest(service, flt, setting))
        await asyncio.wait([asking], timeout=_PATIENCE)
        if early and asking.done() and (newest := asking.result()) is not None:
            width, height = shutil.get_terminal_size()
            look = Look(width, height, str(service.path), flt.text, has_colours(environ))
            first_rows.show(draw(newest.runs, setting, look))

        from zos_monitor.tui.app import MonitorApp
        from zos_monitor.tui.driver_choice import choose_driver

        driver = choose_driver(plain=not early, environ=environ)
        if driver is None:
            first_rows.leave()
        if (newest := await _answer(asking)) is not None:
            first_rows.answer = FirstAnswer(newest, setting.now)
        app = MonitorApp(
            service,
            filter_text=flt.text,
            glyphs=setting.glyphs,
            driver_class=driver,
            first_rows=first_rows,
        )
        ending.pass_on(app.leave)
        await app.run_async()
    return app.return_code


async def _newest(service: RunService, flt: RunFilter, setting: Setting) -> RunSlice | None:
    """Return the newest runs; None where they can't be read, which the poll will tell about."""
    try:
        return await service.run_slice(flt, limit=PAGE, now=setting.now, patience=_PATIENCE)
    except DatabaseFault:
        service.poll.look_now()
        return None


async def _answer(asking: asyncio.Future[RunSlice | None]) -> RunSlice | None:
    """Return the answer; None, and no more asked, where it is not there yet."""
    if asking.done():
        return asking.result()
    asking.cancel()
    await asyncio.wait([asking])
    return None
