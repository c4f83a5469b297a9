"""Answers as HTTP responses: JSON as everywhere else, and faults in sentences."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from zos_monitor.answers.encoding import to_json
from zos_monitor.api.shapes import BadParameter, BadParameters, Trouble

RETRY_AFTER = {"Retry-After": "1"}
"""The headers of what may be answered a second later."""

MEANINGS = {
    401: "The token is missing, or is another one.",
    404: "There is none of this name.",
    421: "The request names another machine as its host.",
    422: "A parameter means nothing.",
    500: "We have failed; the server's standard error tells where.",
    503: "The database can't be read at present.",
}


def answered(
    answer: Any,  # noqa: ANN401 (see encoding.plain)
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    """Return a response with an answer as JSON."""
    return Response(
        to_json(answer), status_code=status, headers=headers, media_type="application/json"
    )


def refused(status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    """Return a response that says why there is no answer."""
    return answered(Trouble(detail=sentence), status, headers)


def meaningless(*faults: BadParameter) -> Response:
    """Return a response that says which parameters mean nothing, and why."""
    return answered(BadParameters(detail=list(faults)), 422)


def described(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what the OpenAPI document says of answers with these statuses.

    It points to shapes that ``shaped`` brings into the document: FastAPI would take a shape apart
    for each path, which is most of what a start takes.
    """
    return {
        status: {
            "content": {"application/json": {"schema": {"$ref": _PLACE + _shape(status).__name__}}},
            "description": MEANINGS[status],
        }
        for status in statuses
    }


def shaped(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the same with the shapes, for the one path that brings them into the document."""
    return {
        status: {"model": _shape(status), "description": MEANINGS[status]} for status in statuses
    }


_PLACE = "#/components/schemas/"


def _shape(status: int) -> type[Trouble | BadParameters]:
    return BadParameters if status == 422 else Trouble
