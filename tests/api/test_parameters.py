"""Parameters that mean nothing are told of, each by its name; nothing that is sent is a fault."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.test_answers import Document, valid

pytestmark = pytest.mark.asyncio(loop_scope="module")

BAD = [
    ("/runs", "limit", "0"),
    ("/runs", "limit", "101"),
    ("/runs?success=true", "limit", "201"),
    ("/runs", "limit", "many"),
    ("/runs", "limit", "1e1"),
    ("/runs", "offset", "-1"),
    ("/runs", "offset", "nan"),
    ("/runs", "status", "failed,faild"),
    ("/runs", "status", ","),
    ("/runs", "layer_name", "x" * 1001),
    ("/runs", "layer_name", "\0"),
    ("/runs", "since", "long ago"),
    ("/runs", "since", "2026-02-30"),
    ("/runs", "until", "1e400"),
    ("/runs?since=2026-11-02", "until", "2026-11-01"),
    ("/runs", "success", "perhaps"),
    ("/runs", "include_errors", "2"),
    ("/runs", "start_time", "never"),
    ("/runs", "end_time", "all"),
    ("/runs", "filter", "state:failed"),
    ("/runs", "filter", 'error:"open'),
    ("/runs/stats/summary", "days", "0"),
    ("/runs/stats/summary", "days", "31"),
    ("/runs/stats/summary?since=2d", "days", "2"),
    ("/runs/layer/nightly-dyad-reflection/stats", "days", "366"),
    ("/runs/errors", "window", "soon"),
    ("/runs/errors", "status", "bad"),
    ("/runs/tonight", "back", "-1"),
    ("/runs/tonight", "back", "100"),
    ("/layers", "filter", "-"),
    ("/runs/events", "kinds", "change,all"),
    ("/runs/events", "kinds", ""),
]


@pytest.mark.parametrize(("path", "name", "value"), BAD)
async def test_a_parameter_that_means_nothing_is_told_of_by_its_name(
    client: httpx.AsyncClient, document: Document, path: str, name: str, value: str
) -> None:
    url = httpx.URL(path).copy_add_param(name, value)
    answer = await client.get(url)
    assert answer.status_code == 422, answer.text
    (fault,) = answer.json()["detail"]
    assert fault["loc"] == ["query", name]
    assert fault["msg"]
    assert fault["type"]
    described = path.partition("?")[0].replace("nightly-dyad-reflection", "{layer_name}")
    valid(document, described, answer)


async def test_several_bad_parameters_are_told_of_together(client: httpx.AsyncClient) -> None:
    answer = await client.get("/runs?limit=0&offset=-1&success=maybe")
    names = [fault["loc"][1] for fault in answer.json()["detail"]]
    assert sorted(names) == ["limit", "offset", "success"]


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999-14:00", "99999999d", "-1", "1e11"]
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    given=st.dictionaries(
        st.sampled_from(
            ["layer_name", "status", "since", "until", "filter", "start_time", "end_time", "window"]
        ),
        TEXTS,
    ),
    path=st.sampled_from(["/runs", "/runs/errors", "/layers", "/runs/stats/summary"]),
)
async def test_wild_parameters_are_no_faults(
    client: httpx.AsyncClient, given: dict[str, str], path: str
) -> None:
    answer = await client.get(path, params=given)
    assert answer.status_code in (200, 422), answer.text
