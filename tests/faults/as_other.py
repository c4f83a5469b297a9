"""Runs the monitor as another user: ``python -m tests.faults.as_other ARGUMENTS…``, as root.

All of it is imported first, for the other user may not be allowed to read what it is made of.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import tempfile

import textual.widgets

import zos_monitor
from tests.faults.scene import OTHER_USER


def import_all() -> None:
    """Import every module of the monitor, and every widget that it may use."""
    for module in pkgutil.walk_packages(zos_monitor.__path__, "zos_monitor."):
        if module.name != "zos_monitor.__main__":
            importlib.import_module(module.name)
    for name in textual.widgets.__dict__["__all__"]:
        getattr(textual.widgets, name)
    "".encode("idna")


def become_other_user() -> None:
    """Give up being root."""
    os.environ["HOME"] = tempfile.gettempdir()
    os.setgroups([])
    os.setgid(OTHER_USER)
    os.setuid(OTHER_USER)


if __name__ == "__main__":
    import_all()
    become_other_user()
    from zos_monitor.starting import main

    main()
