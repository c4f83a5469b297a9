"""Services whose answers come over HTTP: from a zos-monitor's own API, or from zos's."""

from __future__ import annotations

import sys


def _import_httpx() -> None:
    """Import httpx without the program that it comes with.

    That one takes rich and whatever else is there, and nearly half of the time.
    """
    program = "httpx._main"
    if "httpx" in sys.modules:
        return
    sys.modules[program] = None  # type: ignore[assignment]  # by which the import system says no
    try:
        import httpx  # noqa: F401
    finally:
        del sys.modules[program]


_import_httpx()
