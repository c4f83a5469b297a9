"""``api``: the answers over HTTP, for other programs and for a dashboard on another machine."""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from zos_monitor.options import Options, fail, sources

if TYPE_CHECKING:
    import asyncio
    import socket

    from zos_monitor.questions import Shared

_ORIGIN = re.compile(r"https?://[A-Za-z0-9._:\[\]-]+")
_TOKEN = re.compile(r"[!-~]+")


@click.command("api")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to answer on.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8765, show_default=True)
@click.option(
    "--token",
    help="The token itself. Others can read it in the list of processes: prefer --token-env.",
)
@click.option(
    "--cors",
    "origins",
    metavar="ORIGIN",
    multiple=True,
    help="Let pages of this origin read the answers, such as https://status.example.",
)
@click.option("--access-log", is_flag=True, help="Tell of each request on standard error.")
@sources(hidden=True, token_help="The environment variable that holds the token to ask for.")
@click.pass_obj
def command(
    options: Options,
    host: str,
    port: int,
    token: str | None,
    origins: Sequence[str],
    access_log: bool,
) -> None:
    """Answer the same questions over HTTP, in JSON; nothing can be changed there.

    /docs tells what can be asked. Without a token it is answered on this machine alone; with one,
    requests bear it as "Authorization: Bearer TOKEN". Ctrl-C ends it.

    \b
    Examples:
      zos-monitor api
      zos-monitor api --port 8080 --cors https://status.example
      ZOS_TOKEN=secret zos-monitor api --host 0.0.0.0 --token-env ZOS_TOKEN
    """  # noqa: D301 (click reads the control character)
    _check(options, origins)
    token = _token(options.token_env, token)
    _require_extra()
    from zos_monitor.api.addresses import AddressError, listening, resolve

    try:
        addresses = resolve(host)
        if token is None and not all(address.is_loopback for address in addresses):
            fail(
                f"{host} can be reached from other machines: give a token by --token-env, "
                "or leave --host out."
            )
        service = options.shared_service()
        sockets = listening(addresses, port)
    except AddressError as fault:
        fail(str(fault))
    with ExitStack() as stack:
        for listener in sockets:
            stack.enter_context(listener)
        _serve(service, sockets, token=token, origins=origins, access_log=access_log)


def _check(options: Options, origins: Sequence[str]) -> None:
    """End with a sentence where an option means nothing here."""
    if options.url is not None:
        fail("--url names a server to ask, but api is one itself: name a database by --db.")
    if options.filter_text:
        fail("--filter means nothing to api: each request has a filter of its own.")
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            fail(
                f"--cors {origin!r} is no origin: write it as https://host or https://host:port, "
                "without a path."
            )


def _require_extra() -> None:
    """End with a sentence where what the HTTP face is made of is not installed."""
    try:
        importlib.import_module("zos_monitor.api.app")
        importlib.import_module("zos_monitor.api.server")
    except ModuleNotFoundError as fault:
        fail(f"{fault.name} is missing: install it with pip install 'zos-monitor[api]'.")


def _token(variable: str | None, token: str | None) -> str | None:
    """Return the token to ask for, None for none; end with a sentence where it can't be one."""
    if variable is not None and token is not None:
        fail("Give the token once: by --token-env or by --token.")
    if variable is not None:
        token = os.environ.get(variable)
        if token is None:
            fail(f"The environment variable {variable!r}, which is to hold the token, is not set.")
    if token is not None and not _TOKEN.fullmatch(token):
        fail("A token consists of visible ASCII characters, without spaces, and is not empty.")
    return token


def _serve(
    service: Shared,
    sockets: list[socket.socket],
    *,
    token: str | None,
    origins: Sequence[str],
    access_log: bool,
) -> None:
    """Answer until a signal comes; exit with the status that shells have for it."""
    import asyncio

    from zos_monitor.api.app import create_app
    from zos_monitor.api.journal import journal
    from zos_monitor.api.server import Server
    from zos_monitor.reports.hooks import watch_loop

    async def served() -> int | None:
        watch_loop()
        app = create_app(service, token=token, cors=origins)
        server = Server(app, at_stop=app.state.hub.close, access_log=access_log)
        told = asyncio.ensure_future(_tell(server.ready, service.place, sockets))
        try:
            with server.stopping_on_signals():
                await server.serve(sockets)
        finally:
            told.cancel()
            await service.closed()
        return server.signalled

    with journal(access=access_log):
        number = asyncio.run(served())
    click.get_current_context().exit(128 + number if number is not None else 0)


async def _tell(ready: asyncio.Event, place: str, sockets: Sequence[socket.socket]) -> None:
    from zos_monitor.api.addresses import url_of
    from zos_monitor.model.text import one_line
    from zos_monitor.printed.output import tell

    urls = [url_of(listener) for listener in sockets]
    await ready.wait()
    tell(
        f"zos-monitor: answering about {one_line(place)} on {' and '.join(urls)} "
        f"(docs: {urls[0]}/docs)"
    )
