"""The HTTP face as an application: its routes, its guards, and what it says of faults."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response, Security
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.security import HTTPBearer

from zos_monitor import __version__
from zos_monitor.api import events, questions, runs, stats
from zos_monitor.api.guards import Bearer, Faults, Hosts, Methods
from zos_monitor.api.hub import Hub
from zos_monitor.api.parameters import Meaningless
from zos_monitor.api.places import Places
from zos_monitor.api.racing import Racing
from zos_monitor.api.responses import RETRY_AFTER, described, meaningless, refused
from zos_monitor.api.shapes import BadParameter
from zos_monitor.api.turns import Turns
from zos_monitor.model.faults import DatabaseFault
from zos_monitor.questions import Shared

# It lets the document tell of the token; what asks for it is a guard.
_BEARER = HTTPBearer(auto_error=False, description="The token that the server was started with.")


def create_app(service: Shared, *, token: str | None = None, cors: Sequence[str] = ()) -> FastAPI:
    """Return the application that answers from a service; closing that is up to the caller.

    With a ``token`` only requests that bear it are answered; without one, only those that name
    this machine as their host. ``cors`` are the origins whose pages may read the answers.
    """
    hub = Hub(service)
    turns = Turns(service, hub)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with hub.running(), turns.running():
            yield

    app = FastAPI(
        title="zos-monitor",
        version=__version__,
        lifespan=lifespan,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        responses=described(500, 421 if token is None else 401),
        dependencies=[Security(_BEARER)] if token is not None else [],
    )
    app.state.hub = hub
    app.include_router(events.router(hub, turns, lambda: service.clock()))
    app.include_router(stats.router(service))
    app.include_router(questions.router(service))
    app.include_router(runs.router(service))
    app.add_exception_handler(DatabaseFault, _unavailable)
    app.add_exception_handler(Meaningless, _meaningless)
    app.add_exception_handler(RequestValidationError, _bad_parameters)
    _guard(app, hub, token, cors)
    return app


def _guard(app: FastAPI, hub: Hub, token: str | None, cors: Sequence[str]) -> None:
    """Put the guards before the routes; the last one that is added meets a request first."""
    app.add_middleware(Places)
    app.add_middleware(Racing, hub=hub)
    if token is not None:
        app.add_middleware(Bearer, token=token)
    app.add_middleware(Methods)
    if cors:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(cors),
            allow_methods=["GET", "HEAD"],
            allow_headers=["Authorization"],
            expose_headers=["Retry-After"],
        )
    if token is None:
        app.add_middleware(Hosts)
    app.add_middleware(Faults)


async def _unavailable(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, DatabaseFault)
    return refused(503, fault.message, RETRY_AFTER)


async def _meaningless(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, Meaningless)
    return meaningless(fault.fault)


async def _bad_parameters(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, RequestValidationError)
    return meaningless(
        *(
            BadParameter(loc=list(one["loc"]), msg=one["msg"], type=one["type"])
            for one in fault.errors()
        )
    )
