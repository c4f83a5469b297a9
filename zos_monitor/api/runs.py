"""``/runs``: lists, one run, and what is going on."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from zos_monitor.answers import failures, nights, one_run, progress, runs
from zos_monitor.answers.filters import narrowed
from zos_monitor.api.parameters import (
    Chosen,
    LayerPath,
    Offset,
    Success,
    bad,
    narrow,
    since_time,
    until_time,
)
from zos_monitor.api.responses import answered, described, refused, shaped
from zos_monitor.api.shapes import RunListAnswer
from zos_monitor.model.faults import NotFound
from zos_monitor.questions import FAILURES_WINDOW, Shared

LEAST_MOST = 100
MOST = 200
"""The greatest limits of lists: as zos's API has it, and as a task scheduler's."""

NO_RUN = "Run not found"
NO_LAYER = "Layer not found"

Limit = Annotated[
    int,
    Query(
        ge=1,
        le=MOST,
        description=f"How many runs at most: up to {LEAST_MOST}, and up to {MOST} where success, "
        "start_time, end_time or include_errors is given.",
    ),
]
StartTime = Annotated[str, Query(description="The same as since.")]
EndTime = Annotated[str, Query(description="The same as until.")]
WithErrors = Annotated[
    bool | None, Query(description="Whether to tell the errors of each run along.")
]
Window = Annotated[
    str,
    Query(description="The span of time where no parameter names one: such as 30d, or all."),
]
Back = Annotated[int, Query(ge=0, description="How many nights back; 0 is the present one.")]
RunId = Annotated[str, Path(description="The whole id of a run.")]


def router(service: Shared) -> APIRouter:
    """Return the routes that tell about runs; the one that takes any path is the last."""
    routes = APIRouter(prefix="/runs", tags=["runs"])
    _add_lists(routes, service)
    _add_present(routes, service)
    _add_single(routes, service)
    return routes


def _add_lists(routes: APIRouter, service: Shared) -> None:
    async def list_runs(
        flt: Chosen,
        success: Success = None,
        start_time: StartTime = "",
        end_time: EndTime = "",
        include_errors: WithErrors = None,
        offset: Offset = 0,
        limit: Limit = 20,
    ) -> Response:
        """List the matching runs, newest first."""
        foreign = bool(start_time or end_time) or (success, include_errors) != (None, None)
        if limit > LEAST_MOST and not foreign:
            message = f"Input should be less than or equal to {LEAST_MOST}"
            raise bad("limit", message, "less_than_equal")
        flt = until_time(since_time(flt, "start_time", start_time), "end_time", end_time)
        if success is not None:
            flt = narrow(flt, "success", lambda text: narrowed(text, success=success))
        found = await runs.runs(
            service, flt, offset=offset, limit=limit, include_errors=bool(include_errors)
        )
        return answered(
            RunListAnswer(
                runs=found.runs,
                total=found.total,
                offset=found.offset,
                limit=found.limit,
                has_more=found.has_more,
                items=found.runs if foreign else None,
            )
        )

    responses = shaped(422, 503)
    routes.get("", response_model=RunListAnswer, responses=responses)(list_runs)
    routes.get("/", include_in_schema=False)(list_runs)

    @routes.get("/errors", response_model=failures.FailuresAnswer, responses=described(422, 503))
    async def list_errors(flt: Chosen, window: Window = FAILURES_WINDOW) -> Response:
        """Group the errors of the matching runs by their cause."""
        try:
            return answered(await failures.failures(service, flt, window=window or None))
        except ValueError as fault:
            raise bad("window", str(fault)) from None


def _add_present(routes: APIRouter, service: Shared) -> None:
    @routes.get("/progress", response_model=progress.OpenRunsAnswer, responses=described(503))
    async def open_runs() -> Response:
        """Tell how far the open runs are, and when they are likely to end."""
        return answered(await progress.progress(service))

    @routes.get("/tonight", response_model=nights.NightAnswer | None, responses=described(422, 503))
    async def night(back: Back = 0) -> Response:
        """Tell what was to start tonight, and what became of it; null without any schedule."""
        try:
            return answered(await nights.tonight(service, back=back))
        except ValueError as fault:
            raise bad("back", str(fault)) from None


def _add_single(routes: APIRouter, service: Shared) -> None:
    @routes.get(
        "/layer/{layer_name:path}/latest",
        response_model=one_run.RunDetailAnswer | None,
        responses=described(404, 503),
    )
    async def latest_run(layer_name: LayerPath) -> Response:
        """Tell about the newest run of a layer; null where it never ran."""
        try:
            return answered(await one_run.latest(service, layer_name))
        except NotFound:
            return refused(404, NO_LAYER)

    @routes.get(
        "/{run_id:path}", response_model=one_run.RunDetailAnswer, responses=described(404, 503)
    )
    async def found_run(run_id: RunId) -> Response:
        """Tell everything about one run."""
        found = await one_run.run(service, run_id)
        return answered(found) if found is not None else refused(404, NO_RUN)
