"""What an answer must be, whatever it was made from."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from zos_monitor.model.runs import RunKey
from zos_monitor.wire.questions import QUESTIONS


def assert_sound(value: object, *, exact: bool = False) -> None:
    """Check that an answer can be shown, encoded and reckoned with.

    Texts have no lone surrogates unless they are ``exact``, numbers are finite, instants aware.
    """
    match value:
        case None | bool() | int() | date() | timedelta() | bytes() | Enum():
            if isinstance(value, datetime):
                assert value.tzinfo is not None
        case str():
            if not exact:
                value.encode()
        case float():
            assert math.isfinite(value)
        case RunKey():
            assert isinstance(value.rowid, int)  # its start is whatever is stored
        case Mapping():
            for key, one in value.items():
                assert_sound(key, exact=exact)
                assert_sound(one, exact=exact)
        case tuple() | list():
            for one in value:
                assert_sound(one, exact=exact)
        case _:
            assert is_dataclass(value), type(value)
            for field in fields(value):
                assert_sound(getattr(value, field.name), exact=exact)


def assert_carried(name: str, answer: Any) -> None:  # noqa: ANN401
    """Check that an answer to a question arrives as it is at who asks from afar."""
    codec = QUESTIONS[name].answer
    line = json.dumps(codec.encode(answer), allow_nan=False)
    again = codec.decode(json.loads(line))
    assert again == answer
    assert repr(again) == repr(answer)  # 1 == 1.0 == True
