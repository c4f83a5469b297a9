"""What is known about runs: frozen models and pure functions, no input or output."""
