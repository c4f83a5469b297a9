"""``python -m zos_monitor``."""

from zos_monitor.starting import main

main()
