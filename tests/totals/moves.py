"""Random moves: all that zos and others may do to a database, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple, Protocol

from zos_monitor.demo.writer import ZosWriter

LAYERS = ("nightly-user", "nightly-dyad", "dm-response", "channel-speak", b"broken \xff name")
STATUSES = ("success", "partial", "failed", "dry", "cancelled")
TOPICS = ("server:1:user:2", "server:1:user:3", "Ada", None)
ODD: dict[str, tuple[object, ...]] = {
    "started_at": ("whenever", 2026, b"\xff", "2026-11-20T11:00:00+01:00", "2026-11-21 11:5"),
    "completed_at": ("never", 3.5, None),
    "tokens_total": (None, "lots", 1.5),
    "estimated_cost_usd": (None, float("inf"), "free", 0),
    "insights_created": ("some", 2.5),
    "status": (b"\xff", "SUCCESS"),
}


class Present(Protocol):
    """The clock that moves are made by."""

    now: datetime


class Move(NamedTuple):
    """What was done, and how it is noticed: by appends, by a count, or only when told."""

    name: str
    counts: bool
    edits: bool


class Moves:
    """Makes random moves, and remembers the runs."""

    def __init__(self, zos: ZosWriter, clock: Present, random: Random) -> None:
        self._zos = zos
        self._clock = clock
        self._random = random
        self._runs: list[str] = []
        self._open: list[str] = []
        self._number = 0
        self.made: set[str] = set()
        self.all: dict[str, tuple[int, Callable[[], object]]] = {
            "start": (6, self._start),
            "finish": (6, self._finish),
            "call": (6, self._call),
            "whole run": (4, self._whole_run),
            "odd run": (3, self._odd_run),
            "insight": (3, self._insight),
            "call of any run": (2, self._stray_call),
            "insight of any run": (1, self._stray_insight),
            "many runs": (1, self._many),
            "profile": (1, self._profile),
            "message": (1, self._message),
            "clock": (4, self._tick),
            "jump": (2, self._jump),
            "delete": (2, self._delete),
            "delete newest": (1, self._delete_newest),
            "edit": (2, self._edit),
            "delete calls": (1, self._delete_calls),
        }

    def make(self) -> Move:
        """Make a move, each one now and then."""
        names = list(self.all)
        [name] = self._random.choices(names, [self.all[name][0] for name in names])
        self.all[name][1]()
        self.made.add(name)
        return Move(name, name.startswith("delete"), name in ("edit", "delete calls"))

    @property
    def _now(self) -> datetime:
        return self._clock.now

    def _when(self) -> datetime:
        """Return about now, or some time before; hardly ever later."""
        hours = self._random.choice((0, 0, 0, 0.5, 3, 20, 47, 160, 300, 710, -2))
        return self._now - timedelta(hours=hours * self._random.uniform(0.9, 1.1))

    def _new(self, **columns: object) -> None:
        self._number += 1
        run = f"run-{self._number}"
        self._runs.append(run)
        if "completed_at" in columns and columns["completed_at"] is None:
            self._open.append(run)
        self._zos.raw_run(id=run, **columns)

    def _start(self) -> None:
        layer = self._random.choice(LAYERS)
        status = self._random.choice(("dry", "dry", "dry", "success"))
        unknown: dict[str, object] = dict.fromkeys(("tokens_total", "estimated_cost_usd"))
        self._new(
            layer_name=layer,
            started_at=self._when(),
            completed_at=None,
            status=status,
            insights_created=0,
            **unknown,
        )

    def _finish(self) -> None:
        if self._open:
            run = self._open.pop(self._random.randrange(len(self._open)))
            self._zos.finish_run(
                run,
                completed_at=self._now,
                processed=1,
                status=self._random.choice(STATUSES),
                insights=self._random.randrange(4),
                tokens_in=self._random.choice((None, 100)),
                cost=self._random.choice((None, 0.1)),
            )

    def _whole_run(self) -> None:
        at = self._when()
        self._new(
            layer_name=self._random.choice(LAYERS),
            started_at=at,
            completed_at=at + timedelta(seconds=self._random.randrange(900)),
            status=self._random.choice(STATUSES),
            errors=self._random.choice(("null", '[{"topic": "Ada", "error": "no", "node": null}]')),
        )

    def _odd_run(self) -> None:
        column = self._random.choice(list(ODD))
        columns: dict[str, object] = {"started_at": self._when(), "layer_name": "odd"}
        self._new(**columns | {column: self._random.choice(ODD[column])})

    def _many(self) -> None:
        with self._zos.batch():
            for _ in range(9):
                self._whole_run()

    def _call_of(self, run: str | None) -> None:
        self._zos.call(
            run,
            self._random.choice(TOPICS),
            created_at=self._when(),
            cost=self._random.choice((None, 0.25, 1.5)),
        )

    def _call(self) -> None:
        self._call_of(self._random.choice(self._open) if self._open else None)

    def _stray_call(self) -> None:
        self._call_of(self._random.choice([*self._runs, "nowhere"]))

    def _insight_of(self, run: str) -> None:
        topic = self._random.choice([topic for topic in TOPICS if topic])
        self._zos.insight(run, topic, created_at=self._when())

    def _insight(self) -> None:
        if self._open:
            self._insight_of(self._random.choice(self._open))

    def _stray_insight(self) -> None:
        self._insight_of(self._random.choice([*self._runs, "nowhere"]))

    def _profile(self) -> None:
        user = self._random.choice(("2", "3"))
        name = self._random.choice(("Ada", "Bram"))
        self._execute("DELETE FROM user_profiles WHERE user_id = ?", user)
        self._zos.person(user, "1", name, captured_at=self._now)

    def _message(self) -> None:
        self._zos.message("1", "2", created_at=self._now)

    def _tick(self) -> None:
        self._clock.now += timedelta(minutes=self._random.choice((0.1, 1, 10, 100, 700)))

    def _jump(self) -> None:
        self._clock.now += timedelta(hours=self._random.choice((-60, -5, -0.2, 12, 30)))

    def _delete(self) -> None:
        if self._runs:
            self._remove(self._random.choice(self._runs))

    def _delete_newest(self) -> None:
        if self._runs:
            self._remove(self._runs[-1])

    def _remove(self, run: str) -> None:
        self._runs.remove(run)
        if run in self._open:
            self._open.remove(run)
        self._execute("DELETE FROM layer_runs WHERE id = ?", run)

    def _edit(self) -> None:
        if self._runs:
            run = self._random.choice(self._runs)
            status = self._random.choice(STATUSES)
            self._zos.update("layer_runs", run, status=status, layer_name="edited")

    def _delete_calls(self) -> None:
        self._execute("DELETE FROM llm_calls WHERE rowid % 3 = ?", self._random.randrange(3))

    def _execute(self, sql: str, *params: object) -> None:
        self._zos._connection.execute(sql, params)
