"""The layers of the demo: what each reflects on, when, with which model and how often."""

from __future__ import annotations

from dataclasses import dataclass

from zos_monitor.demo.prices import COMPLEX, MODERATE, REFLECTION, SIMPLE, Model

AT_THREE = "0 3 * * *"
AT_FOUR = "0 4 * * *"
# In the scheduler that zos uses, day 0 is Monday: a name leaves no doubt.
SUNDAYS_AT_FOUR = "0 4 * * sun"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A layer as the demo plays it."""

    name: str
    kind: str
    """What its targets are: a kind of ``cast.topics``."""
    schedule: str | None = None
    """A cron string, or None for a layer that talk triggers."""
    category: str | None = None
    """The category of its insights, or None where it stores none, as conversations do."""
    calls: tuple[tuple[str, Model], ...]
    """The calls made for each target: call type and model."""
    row_model: Model | None
    """The model that the run's row will name and reckon with, right or wrong."""
    targets: tuple[int, int] = (1, 1)
    """The least and the greatest number of targets of a run."""
    tokens: int
    """About how many input tokens a call takes."""
    layer_hash: str
    node: str = "reflect"
    """The node that calls the model."""

    @property
    def profile(self) -> str | None:
        """The model profile in the run's row."""
        return self.row_model.profile if self.row_model else None


_ONE = (("reflection", REFLECTION),)
_TALK = (("conversation", MODERATE), ("filter", SIMPLE))

USERS = Layer(
    name="nightly-user-reflection",
    kind="user",
    schedule=AT_THREE,
    category="user_reflection",
    calls=_ONE,
    row_model=REFLECTION,
    targets=(7, 14),
    tokens=4000,
    layer_hash="8d21f6a07bc3e954",
)
DYADS = Layer(
    name="nightly-dyad-reflection",
    kind="dyad",
    schedule=AT_THREE,
    category="dyad_observation",
    calls=_ONE,
    row_model=REFLECTION,
    targets=(4, 9),
    tokens=2500,
    layer_hash="1b7740fe9a2c65d8",
)
CHANNELS = Layer(
    name="nightly-channel-reflection",
    kind="channel",
    schedule=AT_THREE,
    category="channel_reflection",
    calls=_ONE,
    row_model=REFLECTION,
    targets=(7, 12),
    tokens=2300,
    layer_hash="e60c95b4183fa27d",
)
EMOJI = Layer(
    name="nightly-emoji-patterns",
    kind="emoji",
    schedule=AT_THREE,
    category="emoji_reflection",
    calls=_ONE,
    row_model=REFLECTION,
    targets=(5, 9),
    tokens=2400,
    layer_hash="47ad0e8c6f91b235",
)
SUBJECTS = Layer(
    name="nightly-subject-reflection",
    kind="subject",
    schedule=AT_FOUR,
    category="subject_reflection",
    calls=_ONE,
    row_model=REFLECTION,
    targets=(3, 9),
    tokens=2100,
    layer_hash="c3f8271d50e6ba94",
)
SELF = Layer(
    name="weekly-self-reflection",
    kind="self",
    schedule=SUNDAYS_AT_FOUR,
    category="self_reflection",
    calls=(("reflection", COMPLEX),) * 2,
    row_model=COMPLEX,
    tokens=2900,
    layer_hash="9e5b13c7d240fa86",
)
META = Layer(
    name="weekly-meta-reflection",
    kind="self",
    schedule=SUNDAYS_AT_FOUR,
    category="meta_reflection",
    calls=(("reflection", COMPLEX),) * 10,
    row_model=None,
    tokens=3100,
    layer_hash="2af49d60b7c8e513",
)
SPEAK = Layer(
    name="channel-speak",
    kind="channel",
    calls=_TALK,
    row_model=MODERATE,
    tokens=2000,
    layer_hash="f19b3c52e07d84a6",
    node="generate",
)
REPLY = Layer(
    name="dm-response",
    kind="dm",
    calls=_TALK,
    row_model=MODERATE,
    tokens=1400,
    layer_hash="60d7e2a94b1c8f35",
    node="generate",
)
SHARE = Layer(
    name="subject-share",
    kind="subject",
    calls=_TALK,
    row_model=MODERATE,
    tokens=1800,
    layer_hash="b5243fc8e71a906d",
    node="generate",
)

AT_NIGHT = (EMOJI, DYADS, USERS, CHANNELS)
"""The layers that start together, in the order in which zos starts them."""
ON_SUNDAYS = (SELF, META)
BY_DAY = (SPEAK, REPLY, SHARE)
ALL = (*AT_NIGHT, SUBJECTS, *ON_SUNDAYS, *BY_DAY)
