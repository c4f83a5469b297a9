"""Failure groups: the errors of all matching runs, gone through bit by bit."""
