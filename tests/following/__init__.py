"""Following runs: what is told of them, when it is over, and how it turned out."""
