"""``python -m zos_monitor``."""

from zos_monitor.cli import main

main()
