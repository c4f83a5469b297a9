"""Who and what the demo is about: a server, its people and places, and what is said of them."""

from __future__ import annotations

from random import Random

SERVER_ID = "731904466182000641"
SERVER_NAME = "The Lantern Room"

# One name looks like console markup, some are not in Latin letters: both must be shown as they are.
_PEOPLE = (
    "Mirela",
    "Tobias",
    "Nkechi",
    "Søren",
    "結衣",
    "Joaquín",
    "Priya",
    "Wendeline",
    "Oumar",
    "Zoë",
    "Łukasz",
    "Ingrid",
    "Farid",
    "Hà My",
    "Beatriz",
    "Callum",
    "Дарья",
    "Elif",
    "子涵",
    "Rhiannon",
    "Mateo",
    "Quinn [she/they]",
    "Sabine",
    "Vesper 🦊",
)
_CHANNELS = (
    "general",
    "kitchen-table",
    "synth-lab",
    "allotment",
    "book-club",
    "night-shift",
    "trail-notes",
    "workshop",
    "map-makers",
    "help-desk",
    "café",
    "日本語",
)
EMOJI = ("lantern", "slowclap", "teapot", "🌿", "🔥", "🫖", "🐌", "👏🏽", "🛠️", "🌙")
SUBJECTS = (
    "sourdough_exchange",
    "winter_regatta",
    "modular_synths",
    "garden_plots",
    "reading_circle",
    "bicycle_repair",
    "tiny_radio",
    "map_room",
    "写真部",
    "r&d_evening",
    "chess_ladder",
    "lost_umbrella",
)
SELF_TOPIC = "self:zos"

INSIGHTS = (
    "They asked fewer questions today and answered more of them.",
    "The thread drifted from tools to trust, and nobody steered it back.",
    "A short joke carried most of the evening; it was kinder than it looked.",
    "Two plans were made and one was dropped without regret.",
    "The silence after the announcement felt like thinking rather than doubt.",
    "Someone new was drawn in by name, and stayed until late.",
    "写真の話が続き、最後は皆で笑っていた。",
    "К вечеру спор стих, и стало ясно, что оба правы.",
    "🫖 means “I have time for you”, and hardly anyone uses it lightly.",
    "The old disagreement about naming came back, softer, with examples.",
    "Encouragement arrives here mostly as practical detail.",
    "An apology was offered sideways and taken the same way.",
)
PROMPTS = (
    "You observe a community. Below are the messages of the last day and what you understood"
    " before. Say what changed, and how sure you are.",
    "Read the talk below as a whole. What holds these people together, and what strains?",
    "Here is what was noticed earlier. Keep what still holds, let go of what does not.",
)
MESSAGES = (
    "anyone up for a walk before it rains?",
    "the second batch rose much better, thank you",
    "ok the patch cable was the problem after all",
    "who has the key to the map room",
    "またあとでね",
    "that is the nicest thing anyone said about my bicycle 🌿",
    "reading chapter nine tonight, no spoilers please",
)


def people() -> list[tuple[str, str]]:
    """Return (user id, display name) of everyone on the server."""
    return [(f"4021{i * 77_003:014d}", name) for i, name in enumerate(_PEOPLE, 1)]


def channels() -> list[tuple[str, str]]:
    """Return (channel id, name) of every channel of the server."""
    return [(f"6510{i * 104_711:014d}", name) for i, name in enumerate(_CHANNELS, 1)]


def topics(kind: str, count: int, rng: Random) -> tuple[str, ...]:
    """Return up to ``count`` different topic keys of a kind, drawn at random.

    Kinds are ``user``, ``dyad``, ``channel``, ``emoji``, ``subject``, ``self`` and ``dm``, which
    is a user apart from any server.
    """
    users = [user_id for user_id, _ in people()]
    match kind:
        case "self":
            return (SELF_TOPIC,)
        case "dm":
            return tuple(f"user:{user_id}" for user_id in rng.sample(users, count))
        case "user":
            # The last one is known from direct messages only, as happens in zos.
            drawn = rng.sample(users, min(count, len(users)))
            return (*(_in_server(kind, name) for name in drawn[:-1]), f"user:{drawn[-1]}")
        case "dyad":
            pairs = [f"{a}:{b}" for i, a in enumerate(users) for b in users[i + 1 :]]
            names: list[str] | tuple[str, ...] = pairs
        case "channel":
            names = [channel_id for channel_id, _ in channels()]
        case "emoji":
            names = EMOJI
        case _:
            names = SUBJECTS
    return tuple(_in_server(kind, name) for name in rng.sample(names, min(count, len(names))))


def _in_server(kind: str, name: str) -> str:
    return f"server:{SERVER_ID}:{kind}:{name}"
