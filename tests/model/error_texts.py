"""Parts of error messages as programs write them."""

from __future__ import annotations

_ANTHROPIC = "{'type': 'error', 'error': {'type': '%s', 'message': '%s'}, 'request_id': '%s'}"


def anthropic(code: int, kind: str, message: str, request: str = "req_011CSHoEeqs5C35K2U") -> str:
    """Return an error of a provider as the text of its client's exception."""
    return f"Error code: {code} - {_ANTHROPIC % (kind, message, request)}"


def validation(model: str, *fields: str) -> str:
    lines = [f"{len(fields)} validation error{'s' * (len(fields) != 1)} for {model}"]
    for field in fields:
        name, _, kind = field.partition("=")
        lines += [
            name,
            f"  Input should be valid [type={kind or 'float_parsing'}, input_value='déjà']",
            f"    For further information visit https://errors.pydantic.dev/2.12/v/{kind}",
        ]
    return "\n".join(lines)


def traceback(*ends: str) -> str:
    frame = '  File "/opt/zos/executor.py", line %d, in run\n    await self.step()  # ← ошибка\n'
    between = "\n\nDuring handling of the above exception, another exception occurred:\n\n"
    head = "Traceback (most recent call last):\n"
    return between.join(head + frame % (7 * n) + frame % 12 + end for n, end in enumerate(ends))


RATE = "This request would exceed your organization’s rate limit of %s input tokens per minute"
POOL = (
    "HTTPSConnectionPool(host='api.example.org', port=443): Max retries exceeded with url: /v1"
    " (Caused by NewConnectionError('<urllib3.connection.HTTPSConnection object at 0x%x>:"
    " Failed to establish a new connection: [Errno 111] Connection refused'))"
)
SQL = "(sqlite3.%s) %s\n[SQL: INSERT INTO x (id) VALUES (?)]\n[parameters: ('01M72B', -6.864)]"
NGINX = "<html>\r\n<head><title>%s</title></head>\r\n<body>\r\n<center><h1>%s</h1></center>"
