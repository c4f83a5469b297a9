"""Services whose answers come over HTTP: from a zos-monitor's own API, or from zos's."""
