"""Statistics, of all layers or of one, and the layers with their schedules."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from zos_monitor.answers import nights, totals
from zos_monitor.answers.encoding import plain
from zos_monitor.api.parameters import Chosen, LayerPath, bad
from zos_monitor.api.responses import answered, described, refused
from zos_monitor.api.runs import NO_LAYER
from zos_monitor.api.shapes import LayerPeriodAnswer
from zos_monitor.model.faults import NotFound
from zos_monitor.model.filters import RunFilter
from zos_monitor.model.windows import has_time
from zos_monitor.questions import Shared

WEEK = 7

Days = Annotated[
    int | None,
    Query(
        ge=1,
        le=30,
        description=f"Over how many days; {WEEK} where no parameter names a time.",
    ),
]
LayerDays = Annotated[int, Query(ge=1, le=365, description="Over how many days.")]


def router(service: Shared) -> APIRouter:
    """Return the routes that tell figures; they come before that of single runs."""
    routes = APIRouter(tags=["figures"])

    @routes.get(
        "/runs/stats/summary", response_model=totals.StatsAnswer, responses=described(422, 503)
    )
    async def summary(flt: Chosen, days: Days = None) -> Response:
        """Tell figures over the matching runs of the last days."""
        timed = has_time(flt)
        if timed and days is not None:
            raise bad("days", "A time is given as well: leave out one of the two.")
        period = None if timed else days or WEEK
        return answered(await totals.stats(service, flt, days=period))

    @routes.get(
        "/runs/layer/{layer_name:path}/stats",
        response_model=LayerPeriodAnswer,
        responses=described(404, 422, 503),
    )
    async def layer_summary(layer_name: LayerPath, days: LayerDays = 30) -> Response:
        """Tell figures over one layer's runs of the last days."""
        try:
            found = await totals.stats(service, RunFilter(), days=days, layer_name=layer_name)
        except NotFound:
            return refused(404, NO_LAYER)
        return answered({"layer_name": layer_name, **plain(found)})

    @routes.get("/layers", response_model=nights.LayersAnswer, responses=described(422, 503))
    async def layers(flt: Chosen) -> Response:
        """List the layers, with their schedules and the figures over their matching runs."""
        return answered(await nights.layers(service, flt))

    return routes
