"""The language models of the demo and what they charge."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Model:
    """A model as zos names it, with its prices in US dollars per million tokens."""

    profile: str
    name: str
    dollars_in: float
    dollars_out: float
    provider: str = "anthropic"

    def cost(self, tokens_in: int, tokens_out: int) -> float:
        """Return what so many tokens cost, in US dollars."""
        return (tokens_in * self.dollars_in + tokens_out * self.dollars_out) / 1_000_000


REFLECTION = Model("reflection", "claude-sonnet-4-6", 3.0, 15.0)
OLD_REFLECTION = Model("reflection", "claude-sonnet-4-5", 3.0, 15.0)
MODERATE = Model("moderate", "claude-sonnet-4-6", 3.0, 15.0)
COMPLEX = Model("complex", "claude-opus-4-6", 15.0, 75.0)
SIMPLE = Model("simple", "claude-haiku-4-5", 0.25, 1.25)
VISION = Model("vision", "claude-sonnet-4-6", 3.0, 15.0)

UNNAMED = Model("", "", 1.0, 3.0)
"""The prices that zos reckons with in a row for which it has seen no model's name."""
