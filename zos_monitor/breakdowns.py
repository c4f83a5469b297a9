"""The full statistics of all matching runs, gone through bit by bit."""
