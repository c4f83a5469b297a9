"""The files of a zos folder that a monitor reads besides the database."""

from __future__ import annotations

from pathlib import Path

from zos_monitor.demo.hours import USUAL, Hours
from zos_monitor.demo.layers import ALL, META, SELF, Layer

_CONFIG = """\
data_dir: ./data

database:
  path: zos.db

scheduler:
  timezone: UTC
"""


def write_settings(root: Path, hours: Hours = USUAL) -> None:
    """Make a zos folder with ``config.yaml`` and one YAML file for each layer of the demo.

    ``hours`` say when they are due.
    """
    root.mkdir(parents=True)
    (root / "config.yaml").write_text(_CONFIG, encoding="utf-8")
    for layer in ALL:
        folder = root / "layers" / ("reflection" if layer.schedule else "conversation")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{layer.name}.yaml").write_text(layer_yaml(layer, hours), encoding="utf-8")


def layer_yaml(layer: Layer, hours: Hours) -> str:
    """Return a layer's YAML: its name, its schedule if it has one, and its nodes."""
    lines = [f"name: {layer.name}", f"category: {_category(layer)}"]
    if (cron := hours.cron(layer)) is not None:
        lines.append(f'schedule: "{cron}"')
    lines += [f"target_category: {layer.kind}", f"max_targets: {layer.targets[1]}", "", "nodes:"]
    lines += _node("fetch_recent_messages", "fetch_messages", "lookback_hours: 24")
    lines += _node(layer.node, "llm_call", f"model: {layer.calls[0][1].profile}")
    if layer.category is None:
        lines += _node("speak", "output", "destination: channel")
    else:
        lines += _node("store", "store_insight", f"category: {layer.category}")
    return "\n".join(lines) + "\n"


def _category(layer: Layer) -> str:
    if layer in (SELF, META):
        return "self"
    return layer.kind if layer.schedule else "conversation"


def _node(name: str, kind: str, parameter: str) -> list[str]:
    return [f"  - name: {name}", f"    type: {kind}", "    params:", f"      {parameter}"]
