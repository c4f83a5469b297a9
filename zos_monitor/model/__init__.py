"""What is known about runs: frozen models and pure functions, no input or output.

What is read in bulk and drawn is a frozen dataclass: it is built from checked columns, so there is
nothing to validate. What leaves the program as JSON is a pydantic model around such dataclasses,
in a module of its own that is imported by whoever asks for it: pydantic takes a third as long to
import as Textual does to start. Small records that never leave are named tuples, which are made
several times as fast when their module is imported.
"""
