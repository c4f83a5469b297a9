"""The options that hold for every command, and what they amount to."""

from __future__ import annotations

import math
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple, NoReturn, TypeVar

import click

if TYPE_CHECKING:
    from zos_monitor.model.filters import RunFilter
    from zos_monitor.questions import Service, Shared
    from zos_monitor.service import RunService

NOT_FOUND = 1
"""The exit status where what was asked for by name is not there."""
UNUSABLE = 2
"""The exit status for input that can't be used, and for a database that can't be read."""
INTERRUPTED = 130
"""The exit status after Ctrl-C, as shells have it: 128 and the signal's number."""
CLOSED_PIPE = 141
"""The exit status where nobody reads what is printed any more: the same, for SIGPIPE."""

REDACT_VARIABLE = "ZOS_MONITOR_REDACT"
"""The environment variable that has everything redacted, where it says so."""

TOKEN_VARIABLE = "ZOS_MONITOR_TOKEN"
"""The environment variable that holds a server's token, where --token-env names no other."""

PATH = click.Path(path_type=Path)
_Answer = TypeVar("_Answer")
_Command = TypeVar("_Command", bound=Callable[..., Any])


class Form(StrEnum):
    """The forms in which an answer is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class Failed(click.ClickException):
    """A command ends with one sentence on standard error, and with an exit status."""

    exit_code: int  # type: ignore[misc]  # click has it of the class

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.exit_code = status

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentence; names in it stay on its one line."""
        from zos_monitor.model.text import one_line

        with suppress(OSError):  # nobody can be told: the status says it then
            click.echo(f"zos-monitor: {one_line(self.message)}", file=file, err=file is None)


def fail(message: str, *, status: int = UNUSABLE) -> NoReturn:
    """End with one sentence on standard error, and with this status."""
    raise Failed(message, status)


class Options(NamedTuple):
    """The options that hold for every command."""

    db: Path | None = None
    zos_dir: Path | None = None
    url: str | None = None
    token_env: str | None = None
    filter_text: str = ""
    form: Form = Form.TABLE
    poll: float = 0.25
    plain: bool = False
    plain_driver: bool = False
    bell: bool = False
    redact: bool = False

    def service(self) -> Service:
        """Return a service on the database, or on the server, that the options name."""
        service = self._service_on_file() if self.url is None else self._service_at(self.url)
        if not self.redact:
            return service
        from zos_monitor.redacting import RedactedService

        return RedactedService(service)

    def shared_service(self) -> Shared:
        """Return a service on the database for any number of readers."""
        service = self._service_on_file()
        if not self.redact:
            return service
        from zos_monitor.redacted_readers import RedactedShared

        return RedactedShared(service)

    def _service_on_file(self) -> RunService:
        from zos_monitor.service import RunService
        from zos_monitor.settings import SettingsError, find_database, find_zos_dir

        try:
            database = find_database(self.db, self.zos_dir)
        except SettingsError as fault:
            fail(str(fault))
        return RunService(
            database,
            zos_dir=lambda: find_zos_dir(self.db, self.zos_dir, database),  # when it is needed
            poll_interval=self.poll,
        )

    def _service_at(self, url: str) -> Service:
        if self.db is not None or self.zos_dir is not None:
            fail("--url names a server to ask instead of a database: leave out --db and --zos-dir")
        token = os.environ.get(self.token_env or TOKEN_VARIABLE)
        if token is None and self.token_env is not None:
            fail(f"the environment variable {self.token_env!r}, named by --token-env, is not set")
        from zos_monitor.remote.opening import AddressError, service_at

        try:
            return service_at(url, token or None)
        except AddressError as fault:
            fail(str(fault))

    def filter(self) -> RunFilter:
        """Return the filter, or end with a sentence on what is wrong with it."""
        from zos_monitor.model.filters import FilterError, parse_filter

        try:
            return parse_filter(self.filter_text)
        except FilterError as fault:
            fail(f"--filter, at {fault.word!r}: {fault.message}")

    def ask(self, question: Callable[[Service], Awaitable[_Answer]]) -> _Answer:
        """Return what a service answers.

        End with a sentence where it can't be asked, or where what is asked for isn't there. Where
        the answer leaves something out, a sentence on standard error says so.
        """
        import asyncio

        from zos_monitor.model.faults import DatabaseFault, NotFound
        from zos_monitor.reports.hooks import watch_loop
        from zos_monitor.signals import leaving_by_call

        service = self.service()

        told_to_end: list[int] = []

        async def asked() -> _Answer:
            watch_loop()
            task = asyncio.current_task()
            assert task is not None

            def end(status: int) -> None:
                told_to_end.append(status)
                task.cancel()

            with leaving_by_call(end):  # so that nothing is left beside the database
                try:
                    return await question(service)
                finally:
                    await service.closed()

        try:
            answer = asyncio.run(asked())
            if service.left_out:
                with suppress(OSError):  # nobody can be told
                    click.echo(f"zos-monitor: {service.left_out}", err=True)
            return answer
        except asyncio.CancelledError:
            if not told_to_end:
                raise
            raise click.exceptions.Exit(told_to_end[0]) from None
        except DatabaseFault as fault:
            fail(fault.message)
        except NotFound as fault:
            fail(fault.message, status=NOT_FOUND)


def a_number(context: click.Context, option: click.Parameter, value: float) -> float:
    """Refuse nan, which is in every range."""
    if math.isnan(value):
        raise click.BadParameter("nan is no number.")
    return value


def _taken(context: click.Context, option: click.Parameter, value: Any) -> None:  # noqa: ANN401
    """Take an option over into the context's options, where it is given."""
    if value is not None:
        held = context.obj if isinstance(context.obj, Options) else Options()
        context.obj = held._replace(**{str(option.name): value})


def _option(*names: str, hidden: bool = False, **settings: Any) -> Callable[[_Command], _Command]:  # noqa: ANN401
    return click.option(
        *names, expose_value=False, callback=_taken, default=None, hidden=hidden, **settings
    )


_REDACT = (
    "Hide topics, names, error messages and all contents, for a screen that is shared; "
    f"${REDACT_VARIABLE} does too."
)


def _by_variable(hidden: bool) -> dict[str, str]:
    """Return what has a variable stand for the option, in the one place that is always asked."""
    return {} if hidden else {"envvar": REDACT_VARIABLE}


def redacted(command: _Command) -> _Command:
    """Give a command that takes no sources the option that has answers redacted."""
    return _option("--redact", is_flag=True, help=_REDACT, hidden=True)(command)


def sources(*, hidden: bool = False, token_help: str = "") -> Callable[[_Command], _Command]:
    """Return what gives a command the options that say where the runs are.

    ``token_help`` is for a command to which --token-env means something else, and shows it.
    """

    def given(command: _Command) -> _Command:
        for option in (
            _option("--redact", is_flag=True, help=_REDACT, hidden=hidden, **_by_variable(hidden)),
            _option(
                "--token-env",
                metavar="NAME",
                help=token_help or "The environment variable that holds the server's token.",
                hidden=hidden and not token_help,
            ),
            _option("--url", help="A zos-monitor api, or a zos, to ask instead.", hidden=hidden),
            _option("--zos-dir", type=PATH, help="The folder zos is started in.", hidden=hidden),
            _option("--db", type=PATH, help="zos's database file.", hidden=hidden),
        ):
            command = option(command)
        return command

    return given


def filtered(command: _Command) -> _Command:
    """Give a command the option that says which runs it is about."""
    name = "filter_text"
    return _option("--filter", name, metavar="TEXT", help="Only runs that this matches.")(command)


def forms(*, hidden: bool = False) -> Callable[[_Command], _Command]:
    """Return what gives a command the options that say how answers are printed."""

    def given(command: _Command) -> _Command:
        words = "Use no signs beyond ASCII."
        command = _option("--ascii", "plain", is_flag=True, help=words)(command)
        for form, words in (
            (Form.TABLE, "Print a table for people, as without any of these."),
            (Form.CSV, "Print comma-separated values."),
            (Form.JSON, "Print JSON."),
        ):
            option = _option(f"--{form}", "form", flag_value=form, type=Form, help=words)
            command = option(command)
        return command

    return given
