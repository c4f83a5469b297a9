"""Requests made up from the OpenAPI document: none is a fault of ours, all answers conform."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATHS = [
    "/runs",
    "/runs/{run_id}",
    "/runs/stats/summary",
    "/runs/layer/{layer_name}/latest",
    "/runs/layer/{layer_name}/stats",
    "/runs/errors",
    "/runs/progress",
    "/runs/tonight",
    "/layers",
    "/health",
]
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]


@pytest.fixture(scope="session")
def schema(document: dict[str, Any]) -> BaseSchema:
    return schemathesis.openapi.from_dict(document)


async def test_the_document_has_these_paths(document: dict[str, Any]) -> None:
    others = {path for path in document["paths"] if not path.startswith("/questions")}
    assert others - set(PATHS) == {"/runs/events"}


@settings(
    max_examples=20,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
@pytest.mark.parametrize("path", PATHS)
async def test_no_request_meets_a_fault(
    client: httpx.AsyncClient, schema: BaseSchema, path: str, data: st.DataObject
) -> None:
    operation = schema[path]["GET"]
    mode = data.draw(st.sampled_from(GenerationMode))
    case = data.draw(operation.as_strategy(mode))
    asked = case.as_transport_kwargs(base_url=str(client.base_url))
    asked.pop("cookies")
    request = requests.Request(**asked).prepare()
    answer = await client.get(str(request.url))
    case.validate_response(answer, checks=CHECKS)
