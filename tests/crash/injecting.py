"""The program with a fault of its own: ``python -m tests.crash.injecting FAULT ARGUMENTS…``.

Each fault is an exception whose message holds a secret, as does a variable beside it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import NoReturn
from unittest.mock import patch

SECRET = "Ada-told-me-in-private"


def fail(*_: object, **__: object) -> NoReturn:
    prompt = SECRET
    raise LookupError(f"could not read {prompt!r}")


async def fail_later(*_: object, **__: object) -> NoReturn:
    fail()


def read_up_to_x(fileno: int) -> bytes:
    """Read keys, and fail once somebody types an x."""
    data = os.read(fileno, 4096)
    return fail() if b"x" in data else data


SERVICE = "zos_monitor.service.RunService."
LIST = "zos_monitor.tui.widgets.run_list.RunList."
DASHBOARD = "zos_monitor.tui.dashboard.DashboardScreen."
FAULTS: dict[str, dict[str, Callable[..., object]]] = {
    "render": {f"{LIST}render_line": fail},
    "compose": {"zos_monitor.tui.help.HelpScreen.compose": fail},
    "style": {"textual.css.stylesheet.Stylesheet.read_all": fail},
    "writer": {"zos_monitor.tui.screen_memory.ScreenMemory.changes": fail},
    "reader": {"zos_monitor.tui.driver._read": read_up_to_x},
    "closing": {f"{SERVICE}closed": fail_later},
    "opening": {"zos_monitor.tui.opening._import_app": fail},
    "question": {f"{SERVICE}{name}": fail_later for name in ("newest", "run_slice", "totals")},
    "key": {f"{DASHBOARD}action_help": fail},
}
"""What fails in its place, by the name of the fault."""


if __name__ == "__main__":
    from zos_monitor.starting import main

    for place, failing in FAULTS[sys.argv.pop(1)].items():
        patch(place, failing).start()
    main()
