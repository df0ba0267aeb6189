"""Books what is heard of an order and writes down what to answer."""

import json
import random
from datetime import UTC, datetime
from typing import Any

from sandbox.erp import returns
from sandbox.erp.book import Book
from sandbox.erp.commands import ACKNOWLEDGE, ANSWER_RETURN, SHIP, command
from sandbox.erp.events import CANCELLED, CHANGED, RECEIVED, RELEASED, Heard
from sandbox.erp.keys import Ref
from sandbox.erp.labels import HeardLabel, keep
from sandbox.erp.options import Options
from sandbox.erp.outbox import Outbox
from sandbox.erp.policy import Answer, answers, lives_on, stage


class ForeignEventError(ValueError):
    """An event id that is known of one order comes with another one; ids must be unique."""


class Intake:
    """Takes events into the book, each id once. The caller holds the transaction."""

    def __init__(self, book: Book, outbox: Outbox, options: Options) -> None:
        self._book = book
        self._outbox = outbox
        self._options = options

    def take(self, event: Heard | HeardLabel, now: float) -> bool:
        """Books one event; False where it has come before.

        Raises:
            ForeignEventError: Its id belongs to another order; nothing is booked.
        """
        if isinstance(event, HeardLabel):
            return keep(self._book, event)
        key = event.ref.key
        if self._repeated(event, key):
            return False
        order = self._book.one("SELECT stage, version FROM orders WHERE key = ?", key)
        before = order["stage"] if order else "received"
        stale = order is not None and event.version < order["version"]
        self._book.run(
            "INSERT INTO events (event_id, key, kind, version, state, stale, deliveries, heard_at,"
            " return_id) VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?)",
            event.event_id,
            key,
            event.kind,
            event.version,
            event.state,
            stale,
            now,
            event.return_id,
        )
        if event.kind == RECEIVED and not event.for_information:
            self._reserve(event, key)
        if not stale and lives_on(event.kind, event.state, before):
            self._revive(event, key, now)
        elif not (stale and event.kind == CHANGED):
            self._move(event, key, stage(event.kind, before), stale)
        if event.kind == CANCELLED:
            self._outbox.withdraw(key)
        if not event.for_information:
            for answer in answers(
                event.kind, cancelled=before == "cancelled", accepts=self._options.accepts
            ):
                self._answer(event, answer, now)
        return True

    def _revive(self, event: Heard, key: str, now: float) -> None:
        """What was not said because of the cancellation is said now."""
        released = self._book.one("SELECT 1 FROM events WHERE key = ? AND kind = ?", key, RELEASED)
        self._move(event, key, "released" if released else "received", stale=False)
        self._outbox.restore(key, now)

    def _repeated(self, event: Heard, key: str) -> bool:
        known = self._book.one("SELECT key FROM events WHERE event_id = ?", event.event_id)
        if known is None:
            return False
        if known["key"] != key:
            raise ForeignEventError(
                f"event id {event.event_id} came for order {known['key']} before, now for {key}"
            )
        self._book.run(
            "UPDATE events SET deliveries = deliveries + 1 WHERE event_id = ?", event.event_id
        )
        return True

    def _move(self, event: Heard, key: str, to: str, stale: bool) -> None:
        if stale:
            self._book.run("UPDATE orders SET stage = ? WHERE key = ?", to, key)
            return
        ref = event.ref
        self._book.run(
            "INSERT INTO orders (key, channel, account, order_id, stage, state, version, figures)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET"
            " stage = excluded.stage, state = excluded.state, version = excluded.version,"
            " figures = excluded.figures",
            key,
            ref.channel,
            ref.account,
            ref.order_id,
            to,
            event.state,
            event.version,
            json.dumps(event.figures.as_json(), ensure_ascii=False),
        )

    def _answer(self, event: Heard, answer: Answer, now: float) -> None:
        fields: dict[str, Any] = {}
        if answer.kind == ACKNOWLEDGE:
            fields["event_id"] = event.event_id
        if answer.kind == SHIP:
            year = datetime.fromtimestamp(now, UTC).year
            fields |= {"parcel_id": None, "lines": []}
            fields["invoice_number"] = self._invoice_number(event.ref, year)
            # Told where the seller's own carrier takes the parcel, left out elsewhere.
            fields["tracking_number"] = f"T{fields['invoice_number'][3:]}"
        if answer.kind == ANSWER_RETURN:
            reason = self._options.rejections.get(event.ref.channel, "")
            fields = returns.answer(event.return_id, self._book.next("return"), reason)
        due = now if answer.at_once else now + self._pause(event.ref, answer.kind)
        at = datetime.fromtimestamp(due, UTC)
        self._outbox.put(command(event.ref, answer.kind, at, event.return_id, **fields), due)

    def _reserve(self, event: Heard, key: str) -> None:
        """Takes the goods off the stock, once for each event that tells of a new order."""
        wanted = {line.line_id: line.ordered - line.cancelled for line in event.figures.lines}
        self._book.run(
            "INSERT INTO reservations (event_id, key, lines) VALUES (?, ?, ?)",
            event.event_id,
            key,
            json.dumps(wanted),
        )

    def _invoice_number(self, ref: Ref, year: int) -> str:
        order = self._book.one("SELECT invoice_number FROM orders WHERE key = ?", ref.key)
        if order and order["invoice_number"]:
            return str(order["invoice_number"])
        number = f"INV{year}{self._book.next('invoice'):09d}"
        self._book.run("UPDATE orders SET invoice_number = ? WHERE key = ?", number, ref.key)
        return number

    def _pause(self, ref: Ref, kind: str) -> float:
        return random.Random(f"{self._options.seed}/{ref.key}/{kind}").uniform(*self._options.delay)
