"""The cause of an error in few words: errors with the same words belong together."""

from __future__ import annotations
