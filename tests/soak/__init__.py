"""Weeks at high speed: a zos that writes, a dashboard on a terminal, faults and keys at random."""
