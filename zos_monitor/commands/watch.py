"""``watch``: follows runs until they are over."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from zos_monitor.commands.completions import layer_names, run_names
from zos_monitor.options import CLOSED_PIPE, UNUSABLE, Form, Options, fail, filtered, forms, sources
from zos_monitor.parameters import SPAN
from zos_monitor.printed.output import for_people, hint, say, say_text, screen, tell

if TYPE_CHECKING:
    from zos_monitor.followed import Followed
    from zos_monitor.following import Following
    from zos_monitor.model.news import News
    from zos_monitor.printed.showing import Showing
    from zos_monitor.questions import Service

TIMED_OUT = 124
"""The exit status where it took too long, as that of timeout(1)."""
STATUSES = {"well": 0, "badly": 1, "undecided": 3}
"""The exit status for each verdict."""
_RETRY_SECONDS = 1.0


@click.command("watch")
@click.argument("run", required=False, shell_complete=run_names)
@click.option(
    "--layer",
    metavar="NAME",
    shell_complete=layer_names,
    help="The layer's open run, else the next that begins.",
)
@click.option("--tonight", is_flag=True, help="All scheduled starts of the night.")
@click.option(
    "--timeout",
    type=SPAN,
    help="Give up after so long, such as 90s, 10m or 2h, with exit status 124.",
)
@click.option("--wait", is_flag=True, help="Wait for a database that is not there yet.")
@filtered
@forms()
@sources(hidden=True)
@click.pass_obj
def command(
    options: Options,
    run: str | None,
    layer: str | None,
    tonight: bool,
    timeout: timedelta | None,
    wait: bool,
) -> None:
    """Follow runs until they are over; the exit status tells how.

    RUN is an id, the beginning of one, latest, or latest:LAYER. Where nothing is named, all runs
    are followed that are open now. On a terminal each has a bar; elsewhere there is a line for
    each change, with --json a JSON object.

    A run that is stalled or interrupted is not waited for, as it may never end; where others still
    run, it is told when it goes on.

    \b
    Exit status:
      0    all ended well: successes, or dry; or nothing is open
      1    a run failed, at least in part, or a scheduled start was missed
      2    it can't be done: no such run or layer, no database
      3    nothing failed, but a run is stalled, interrupted or gone
      124  --timeout went by
      130  Ctrl-C

    \b
    Examples:
      zos-monitor watch
      zos-monitor watch latest:nightly-user-reflection
      zos-monitor watch --layer weekly-meta-reflection --timeout 2h && echo done
      zos-monitor watch --tonight --json | jq -c '[.at, .event, .layer_name]'
    """  # noqa: D301 (click reads the control character)
    if sum((run is not None, layer is not None, tonight)) > 1:
        raise click.UsageError("Name a RUN, or --layer, or --tonight: one of them.")
    if options.form is Form.CSV:
        fail("watch has no CSV, for its lines are of several kinds; use --json")
    if options.filter_text.strip() and (layer is not None or tonight):
        fail("--filter goes with neither --layer nor --tonight")
    options.filter()

    async def watched(service: Service) -> int:
        from zos_monitor.printed.showing import Bars, JsonLines, Lines

        showing: Showing
        if options.form is Form.JSON:
            showing = JsonLines(say)
        elif screen().width is None or os.environ.get("TERM", "dumb") == "dumb":
            showing = Lines(say, lambda lines: for_people(options, lines))
        else:
            showing = Bars(say_text, lambda lines: for_people(options, lines), screen)
        watching = _Watching(service, showing, options, wait=wait)
        try:
            with _ending_with_its_reader():
                async with asyncio.timeout(timeout.total_seconds() if timeout else None):
                    return await watching.to_the_end(run, layer, tonight=tonight)
        except TimeoutError:
            showing.over("timeout", watching.counts, service.clock(), TIMED_OUT)
            tell("zos-monitor: gave up waiting, for it took too long")
            return TIMED_OUT

    status = options.ask(watched)
    sys.exit(status)


@contextmanager
def _ending_with_its_reader() -> Iterator[None]:
    """End as soon as nobody reads standard output: the next change may be hours away.

    Elsewhere than on Linux, and where it is no pipe, that shows when something is printed.
    """
    output = sys.stdout.fileno() if sys.platform == "linux" and _prints_to_a_pipe() else None
    loop = asyncio.get_running_loop()

    def leave() -> None:
        assert output is not None
        loop.remove_reader(output)
        sys.exit(CLOSED_PIPE)

    if output is not None:
        loop.add_reader(output, leave)  # nothing can be read there, but that its reader is gone
    try:
        yield
    finally:
        if output is not None:
            loop.remove_reader(output)


def _prints_to_a_pipe() -> bool:
    try:
        return stat.S_ISFIFO(os.fstat(sys.stdout.fileno()).st_mode)
    except (OSError, ValueError, AttributeError):  # closed, or none of the system's
        return False


class _Watching:
    """Follows what is asked for on a service, and shows it."""

    def __init__(self, service: Service, showing: Showing, options: Options, *, wait: bool) -> None:
        self._service = service
        self._showing = showing
        self._options = options
        self._wait = wait
        self._following: Following | None = None

    @property
    def counts(self) -> dict[str, int]:
        """What has become of the runs so far."""
        return dict(self._following.counts) if self._following is not None else {}

    async def to_the_end(self, run: str | None, layer: str | None, *, tonight: bool) -> int:
        """Follow until all is over, and return the exit status."""
        from zos_monitor.followed import Tonight
        from zos_monitor.following import Following

        followed = await self._found(run, layer, tonight=tonight)
        following = Following(self._service, followed, patient=self._wait)
        self._following = following
        async for news in following.news():
            self._show(news, following)
        if isinstance(followed, Tonight) and not followed.scheduled:
            fail("no layer is known to start by the clock")
        if not following.counts:
            tell("Nothing was to start this night." if tonight else "No run is open.")
        status = STATUSES[following.verdict]
        self._showing.over(following.verdict, dict(following.counts), self._service.clock(), status)
        if following.counts.total() > 1:
            hint(", ".join(f"{count} {state}" for state, count in following.counts.items()) + ".")
        return status

    def _show(self, news: tuple[News, ...], following: Following) -> None:
        from zos_monitor.model.news import Event

        for one in news:
            if one.event is Event.LOST:
                self._showing.clear()
                tell(f"zos-monitor: waiting for the database: {one.message}")
        self._showing.show(news, following)

    async def _found(self, run: str | None, layer: str | None, *, tonight: bool) -> Followed:
        """Return what is to be followed; with --wait, once the database can be asked."""
        from zos_monitor.model.faults import DatabaseFault, NotFound, NotOffered

        told = False
        while True:
            try:
                return await self._wanted(run, layer, tonight=tonight)
            except NotFound as fault:
                fail(fault.message, status=UNUSABLE)
            except NotOffered:
                raise
            except DatabaseFault as fault:
                if not self._wait:
                    raise
                if not told:
                    tell(f"zos-monitor: waiting for the database: {fault.message}")
                told = True
            await asyncio.sleep(_RETRY_SECONDS)

    async def _wanted(self, run: str | None, layer: str | None, *, tonight: bool) -> Followed:
        from zos_monitor.answers.exact import of_layer
        from zos_monitor.answers.filters import narrowed
        from zos_monitor.answers.finding import find, known_layer
        from zos_monitor.followed import NextOfLayer, OneRun, OpenRuns, Tonight

        if tonight:
            return Tonight()
        if run is not None:
            found = await find(self._service, run, within=self._options.filter_text)
            return OneRun(found.id)
        if layer is not None:
            await known_layer(self._service, layer)
            return NextOfLayer(layer, of_layer(layer))
        return OpenRuns(narrowed(self._options.filter_text, states=("running", "stalled")))
