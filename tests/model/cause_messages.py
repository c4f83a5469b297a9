"""Error messages as programs write them, by the cause that each of them has."""

from __future__ import annotations

from tests.model.error_texts import NGINX, POOL, RATE, SQL, anthropic, traceback, validation

CAUSES: dict[str, tuple[str, ...]] = {
    "no message": ("", "  \n\t", "\u2003\n"),
    "no readable message": ("\x1b[31m\x1b[0m", "\x00\x01", "\udcff\udcfe", "\u200b"),
    "429 rate limit": (
        anthropic(429, "rate_limit_error", RATE % "50,000"),
        anthropic(429, "rate_limit_error", RATE % "40,000", "req_other"),
        "Rate limit exceeded",
        "HTTP 429 Too Many Requests",
        "openai.RateLimitError: Error code: 429 - {'error': {'message': 'Rate limit reached for"
        " gpt-5 in organization org-x on tokens per min (TPM): Limit 30000', 'type': 'tokens'}}",
        '{"type": "error", "error": {"type": "rate_limit_error", "message": "Slow down"}}',
        traceback("anthropic.RateLimitError: " + anthropic(429, "rate_limit_error", "Slow")),
        "429",
    ),
    "429 quota exceeded": (
        "Error code: 429 - {'error': {'message': 'You exceeded your current quota, please check"
        " your plan', 'type': 'insufficient_quota', 'code': 'insufficient_quota'}}",
    ),
    "529 overloaded": (
        anthropic(529, "overloaded_error", "Overloaded"),
        "{'type': 'error', 'error': {'details': None, 'type': 'overloaded_error', 'message':"
        " 'Overloaded'}}",
        "Overloaded",
    ),
    "503 overloaded": (
        "503 UNAVAILABLE. {'error': {'code': 503, 'message': 'The model is overloaded. Please try"
        " again later.', 'status': 'UNAVAILABLE'}}",
    ),
    "401 authentication": (
        anthropic(401, "authentication_error", "invalid x-api-key"),
        "Error code: 401 - {'error': {'message': 'Incorrect API key provided: sk-abc***xyz. You"
        " can find it at https://platform.openai.com', 'code': 'invalid_api_key'}}",
        "HTTP 401 Unauthorized",
    ),
    "401 authentication: OAuth token has expired": (
        anthropic(401, "authentication_error", "OAuth token has expired."),
    ),
    "403 permission": (
        anthropic(403, "permission_error", "Your API key does not have permission to use the"
                  " specified resource"),
    ),
    "403 permission: Missing Permissions": (
        "403 Forbidden (error code: 50013): Missing Permissions",
        traceback("discord.errors.Forbidden: 403 Forbidden (error code: 50013): Missing"
                  " Permissions"),
    ),
    "404 not found: model claude-opus-9": (
        anthropic(404, "not_found_error", "model: claude-opus-9"),
        "Error code: 404 - {'error': {'message': 'The model `claude-opus-9` does not exist or you"
        " do not have access to it.', 'type': 'invalid_request_error', 'code': 'model_not_found'}}",
    ),
    "404 not found: model llama3.2": (
        "model 'llama3.2' not found (status code: 404)",
    ),
    "404 not found: api.example.org": (
        "httpx.HTTPStatusError: Client error '404 Not Found' for url 'https://api.example.org/a/1'"
        "\nFor more information check: https://developer.mozilla.org/docs/Web/HTTP/Status/404",
        "404 Client Error: Not Found for url: https://api.example.org/b?key=17",
    ),
    "404 not found: discord.com": (
        "Client error '404 Not Found' for url 'https://discord.com/api/v10/channels/8473920184'",
    ),
    "404 not found: Unknown Message": (
        "404 Not Found (error code: 10008): Unknown Message",
    ),
    "400 invalid request: prompt too long": (
        anthropic(400, "invalid_request_error", "prompt is too long: 213462 tokens > 200000"),
        "Error code: 400 - {'error': {'message': \"This model's maximum context length is 8192"
        " tokens.\", 'type': 'invalid_request_error', 'code': 'context_length_exceeded'}}",
    ),
    "400 credit balance too low": (
        anthropic(400, "invalid_request_error", "Your credit balance is too low to access the"
                  " Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."),
    ),
    "400 invalid request: max_tokens: N > N, which is the maximum allowed number": (
        anthropic(400, "invalid_request_error",
                  "max_tokens: 300000 > 128000, which is the maximum allowed number"),
        anthropic(400, "invalid_request_error",
                  "max_tokens: 90000 > 64000, which is the maximum allowed number"),
    ),
    "400 invalid request: Output blocked by content filtering policy": (
        anthropic(400, "invalid_request_error", "Output blocked by content filtering policy"),
    ),
    "400 invalid request: API key not valid": (
        "400 INVALID_ARGUMENT. {'error': {'code': 400, 'message': 'API key not valid.'}}",
    ),
    "429 rate limit: discord.com": (
        "Client error '429 Too Many Requests' for url 'https://discord.com/api/v10/channels/1'",
    ),
    "522 origin connect timeout": (
        "<html><title>api.example.org | 522: Connection timed out</title></html>",
    ),
    "TLS: EOF occurred in violation of protocol": (
        "EOF occurred in violation of protocol (_ssl.c:2427)",
        "[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol (_ssl.c:1006)",
    ),
    "413 request too large": (
        anthropic(413, "request_too_large", "Request exceeds the maximum size"),
        NGINX % (("413 Request Entity Too Large",) * 2),
    ),
    "500 api error": (
        anthropic(500, "api_error", "Internal server error"),
        "HTTP Error 500: Internal Server Error",
        NGINX % (("500 Internal Server Error",) * 2),
    ),
    "500 api error: model runner has unexpectedly stopped": (
        "model runner has unexpectedly stopped (status code: 500)",
        "Error code: 500 - {'error': {'message': 'model runner has unexpectedly stopped'}}",
    ),
    "502 bad gateway": (
        "HTTP 502 Bad Gateway",
        NGINX % (("502 Bad Gateway",) * 2),
        "Error code: 502 - <html><head><title>502 Bad Gateway</title></head></html>",
        "<!DOCTYPE html><title>api.example.org | 502: Bad gateway</title>",
    ),
    "503 service unavailable": (
        "503 Service Unavailable",
        "upstream returned 503 Service Unavailable",
        NGINX % (("503 Service Temporarily Unavailable",) * 2),
    ),
    "504 gateway timeout": ("HTTP/1.1 504 Gateway Time-out", "504 Gateway Timeout"),
    "request timed out": (
        "Request timed out.",
        "Request timed out or interrupted. This could be due to a network timeout, dropped"
        " connection, or request cancellation. See https://docs.example.com/errors#long-requests",
        traceback("anthropic.APITimeoutError: Request timed out."),
    ),
    "read timed out": (
        "httpx.ReadTimeout", "ReadTimeout('')", "The read operation timed out",
        traceback("httpcore.ReadTimeout", "httpx.ReadTimeout"),
    ),
    "connect timed out": ("httpx.ConnectTimeout", "[Errno 110] Connection timed out"),
    "timed out": ("TimeoutError", "TimeoutError()", "asyncio.exceptions.TimeoutError", "timeout"),
    "no free connection in time": ("httpcore.PoolTimeout: ",),
    "connection error": ("Connection error.", traceback("openai.APIConnectionError: Connection"
                                                        " error.")),
    "connection refused": ("[Errno 111] Connection refused", "ConnectionRefusedError"),
    "connection refused: localhost:11434": (
        "[Errno 111] Connect call failed ('127.0.0.1', 11434)",
        "Cannot connect to host localhost:11434 ssl:default [Connect call failed ('127.0.0.1',"
        " 11434)]",
    ),
    "connection refused: api.example.org": (POOL % 0x7F00, POOL % 0x8AB123),
    "connection reset": ("[Errno 104] Connection reset by peer", "ConnectionResetError"),
    "DNS lookup failed": ("[Errno -2] Name or service not known",
                          "httpx.ConnectError: [Errno -2] Name or service not known"),
    "DNS lookup failed for now": ("[Errno -3] Temporary failure in name resolution",),
    "network unreachable": ("OSError: [Errno 101] Network is unreachable",),
    "server disconnected": ("Server disconnected without sending a response.",),
    "connection closed mid-answer": (
        "peer closed connection without sending complete message body (incomplete chunked read)",
        traceback("httpcore.RemoteProtocolError: peer closed the connection mid-answer"),
    ),
    "HTTP/2 connection terminated": (
        traceback("httpcore.RemoteProtocolError: <ConnectionTerminated error_code:0,"
                  " last_stream_id:1999>\n[bold]junk[/bold] \x1b[31m\r\nCRLF\n" + "x" * 400),
    ),
    "TLS: certificate has expired": (
        "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired"
        " (_ssl.c:1000)",
        "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed:"
        " certificate has expired (_ssl.c:1016)",
    ),
    "TLS: unable to get local issuer certificate": (
        "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer"
        " certificate (_ssl.c:1000)",
    ),
    "TLS: wrong version number": ("[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1)",),
    "invalid JSON: unterminated string": (
        "Unterminated string starting at: line 1 column 47 (char 46)",
        "Unterminated string starting at: line 3 column 14 (char 92)",
        traceback("json.decoder.JSONDecodeError: Unterminated string starting at: line 1 column 4"
                  " (char 3)"),
    ),
    "invalid JSON: expecting value": (
        "Expecting value: line 1 column 1 (char 0)",
        "Could not read the response: Expecting value: line 2 column 1 (char 9)",
    ),
    "invalid JSON: extra data": ("Extra data: line 1 column 5 (char 4)",),
    "invalid JSON: expecting ',' delimiter": ("Expecting ',' delimiter: line 4 column 3 (char 8)",),
    "invalid JSON: expecting ':' delimiter": ("Expecting ':' delimiter: line 4 column 3 (char 8)",),
    "invalid JSON: expecting property name enclosed in double quotes": (
        "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
    ),
    "validation of Insight: confidence, strength_adjustment": (
        validation("Insight", "confidence", "strength_adjustment"),
        validation("Insight", "strength_adjustment", "confidence"),
    ),
    "validation of Insight: confidence": (
        validation("Insight", "confidence"),
        traceback("pydantic_core._pydantic_core.ValidationError: " + validation("Insight",
                                                                                "confidence")),
    ),
    "validation of Insight: confidence missing": (
        "1 validation error for Insight\nconfidence\n  Field required [type=missing, input=1]",
        "1 validation error for Insight\nconfidence\n  field required (type=value_error.missing)",
    ),
    "validation of Reply: confidence": (validation("Reply", "confidence"),),
    "validation of Reply: insights.N.topic": (
        validation("Reply", "insights.0.topic"),
        validation("Reply", "insights.3.topic", "insights.11.topic"),
    ),
    "invalid JSON for Reply: EOF while parsing a string": (
        "1 validation error for Reply\n  Invalid JSON: EOF while parsing a string at line 1 column"
        " 60 [type=json_invalid, input_value='{\"a', input_type=str]",
    ),
    "database is locked": (
        "database is locked",
        SQL % ("OperationalError", "database is locked"),
        traceback("sqlite3.OperationalError: database is locked"),
        traceback("sqlite3.OperationalError: database is locked",
                  "sqlalchemy.exc.OperationalError: " + SQL % ("OperationalError",
                                                                "database is locked")),
    ),
    "disk full": (
        "database or disk is full", "[Errno 28] No space left on device: '/opt/zos/data/x.json'",
        SQL % ("OperationalError", "database or disk is full"),
    ),
    "no such table: insights": (
        SQL % ("OperationalError", "no such table: insights"), "no such table: insights",
    ),
    "no such table: topics": (SQL % ("OperationalError", "no such table: topics"),),
    "no such column: insights.novelty": (
        SQL % ("OperationalError", "no such column: insights.novelty"),
    ),
    "UNIQUE constraint failed: insights.id": (
        SQL % ("IntegrityError", "UNIQUE constraint failed: insights.id"),
        traceback("sqlite3.IntegrityError: UNIQUE constraint failed: insights.id"),
    ),
    "UNIQUE constraint failed: topics.key": (
        SQL % ("IntegrityError", "UNIQUE constraint failed: topics.key"),
    ),
    "FOREIGN KEY constraint failed": (SQL % ("IntegrityError", "FOREIGN KEY constraint failed"),),
    "database disk image is malformed": (
        "sqlite3.DatabaseError: database disk image is malformed",
    ),
    "database is read-only": ("attempt to write a readonly database",),
    "connection pool exhausted": (
        "QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00"
        " (Background on this error at: https://sqlalche.me/e/20/3o7r)",
    ),
    "KeyError: 'insight'": (
        "'insight'", "KeyError: 'insight'", "KeyError('insight')", traceback("KeyError: 'insight'"),
    ),
    "KeyError: 'topic'": ("KeyError: 'topic'",),
    "'NoneType' object has no attribute 'content'": (
        "'NoneType' object has no attribute 'content'",
        traceback("AttributeError: 'NoneType' object has no attribute 'content'"),
    ),
    "'NoneType' object has no attribute 'id'": (
        traceback("AttributeError: 'NoneType' object has no attribute 'id'"),
    ),
    "Unknown category '…'": (
        traceback("ValueError: Unknown category 'mood'"), "ValueError: Unknown category 'a b'",
    ),
    "division by zero": ("division by zero", traceback("ZeroDivisionError: division by zero"),),
    "traceback without its end, in run": (traceback(""),),
    "permission denied: zos.yaml": ("[Errno 13] Permission denied: '/opt/zos/zos.yaml'",),
    "no such file or directory: zos.yaml": ("[Errno 2] No such file or directory: 'zos.yaml'",),
    "out of memory": ("MemoryError", "[Errno 12] Cannot allocate memory"),
    "No LLM response to store": ("No LLM response to store",),
    "worker N gave up after N tries": (
        "\x1b[31mERROR\x1b[0m worker \x1b[1m3\x1b[0m gave up\x1b]0;title\x07 after 3 tries\r",
        "worker 12 gave up after 5 tries",
    ),
    "provider socket closed: … bytes": ("provider socket closed: \udcff\udcfe bytes",
                                        "provider socket closed: \udc80 bytes"),
    "topic … has no messages since …": (
        "topic 01M72B05N0FEP36JAAG2MV0VKX has no messages since 2026-11-10 09:00:36.896791",
        "topic 8a6e0804-2bd0-4672-b79d-d97027f9071a has no messages since 2026-11-11T09:00:36Z",
    ),
    "websocket closed with 4004": ("websocket closed with 4004",),
    "websocket closed with 4014": ("websocket closed with 4014",),
    "process ended with exit code 137": ("process ended with exit code 137",),
    "process ended with exit code 1": ("process ended with exit code 1",),
    "server:N:user:N could not be read": (
        "server:847392018475629301:user:2100000000 could not be read", "server:1:user:2 could not"
        " be read.",
    ),
}  # fmt: skip
