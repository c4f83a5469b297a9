"""The bench: measures the monitor beside baselines in one run. See ``python -m tests.bench -h``."""
