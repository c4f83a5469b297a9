"""What is to be said of a database that can be read: what is mixed, left out, or gone."""

from __future__ import annotations

from zos_monitor.store.database import Reader
from zos_monitor.store.faults import MIXED, NO_LOG, gone
from zos_monitor.store.fingerprint import Fingerprint


class Notes:
    """Tells what is to be said; it remembers the files and the tables that there were."""

    def __init__(self) -> None:
        self._seen: Fingerprint | None = None  # the files as they were last, while there were any
        self._gap = False  # whether there were none in between
        self._mixed: Fingerprint | None = None  # the files since another one's log lies there
        self._tables: frozenset[str] = frozenset()

    def is_of_other_file(self, stamp: Fingerprint | None) -> bool:
        """Take note of the files as they are, and tell whether they are others than they were."""
        last, gap = self._seen, self._gap
        self._gap = stamp is None
        if stamp is None:
            return False
        self._seen = stamp
        if last is None:
            return False
        # Where there was none for a while, another file may have got the number of the last one.
        other = stamp.of_other_file(last) or (gap and stamp.main[:4] != last.main[:4])
        if other:
            self._tables = frozenset()
            # Only one that is unchanged is the same for sure: numbers of files are used again.
            self._mixed = stamp if stamp.log.size and stamp.log == last.log else None
        elif self._mixed is not None:
            # Who writes to the file itself has taken the log for its own.
            written = stamp.main.written_ns != self._mixed.main.written_ns
            if written or not stamp.log.size or not stamp.log.of_same_file(self._mixed.log):
                self._mixed = None
        return other

    def doubt(self, reader: Reader) -> str:
        """Return why what is read may not be what zos has committed, empty where it is."""
        if self._mixed is not None:
            return "log of another file"
        return "log left out" if reader.lacks_log else ""

    def on(self, reader: Reader) -> str:
        """Return the notes in one sentence, empty for none."""
        tables = reader.schema.tables
        self._tables |= tables
        # Another file's log is not to be taken in, be it read or left out.
        note = MIXED if self._mixed is not None else NO_LOG if reader.lacks_log else ""
        found = [note] if note else []
        found += [gone(self._tables - tables)] if self._tables - tables else []
        return "; ".join(found)
