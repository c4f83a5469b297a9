"""What is known about runs: frozen models and pure functions, no input or output.

What is read in bulk and drawn is a frozen dataclass: it is built from checked columns, so there is
nothing to validate. Small records are named tuples, which are made several times as fast when
their module is imported. What of them leaves the program as JSON is in ``zos_monitor.answers`` for
other programs, and in ``zos_monitor.wire`` for a dashboard on another machine.
"""
