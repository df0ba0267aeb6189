"""Finance rows of an account, as the marketplace has them."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from channels import jsontext
from channels.port import FinanceRow
from workers.operations.errors import FileError, RefusedError, UnclearError
from workers.operations.marketplace import open_account
from workers.settings import Settings


@dataclass(frozen=True)
class Wanted:
    """Which rows; `until` is where they end, `kinds` empty means all that the channel has."""

    channel: str
    account: str
    since: datetime
    until: datetime
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Rows:
    """What was found, each row once."""

    channel: str
    account: str
    rows: tuple[FinanceRow, ...]

    def json_lines(self) -> list[str]:
        """One JSON text a row; the row itself in the marketplace's own characters."""
        return [self._line(row) for row in self.rows]

    def in_words(self) -> list[tuple[str, str, str, str]]:
        """For people: kind, id, order, and what else stands in the row."""
        return [(row.kind, row.row_id, row.order_id, _filled(row.body)) for row in self.rows]

    def _line(self, row: FinanceRow) -> str:
        known = {
            "channel": self.channel,
            "account": self.account,
            "kind": row.kind,
            "row_id": row.row_id,
            "order_id": row.order_id,
        }
        # A line break can stand between two tokens alone, where a blank does as well.
        own = " ".join(row.body.decode("utf-8", "replace").splitlines())
        return f'{json.dumps(known, ensure_ascii=False)[:-1]}, "row": {own}}}'


async def found(settings: Settings, wanted: Wanted) -> Rows:
    """Reads the rows.

    Raises:
        NotFoundError: There is no such account.
        RefusedError: The channel has no finance rows, or the account is paused.
        UnclearError: A kind that the channel does not have, or the time ends before it begins.
        ChannelError: The marketplace refuses, or does not answer.
    """
    if wanted.until <= wanted.since:
        raise UnclearError(f"Nothing lies between {wanted.since} and {wanted.until}.")
    async with open_account(settings, wanted.channel, wanted.account) as channel:
        there = channel.abilities.finance
        if not there:
            raise RefusedError(f"{wanted.channel} gives no finance rows through its API.")
        strange = [kind for kind in wanted.kinds if kind not in there]
        if strange:
            raise UnclearError(
                f"{wanted.channel} has no finance rows of the kind {strange[0]!r};"
                f" there are {', '.join(there)}."
            )
        rows: dict[tuple[str, str], FinanceRow] = {}
        for kind in wanted.kinds or there:
            async for page in channel.list_finance(kind, wanted.since, wanted.until):
                rows.update({(kind, row.row_id): row for row in page})
    return Rows(wanted.channel, wanted.account, tuple(rows.values()))


def keep(rows: Rows, file: Path) -> None:
    """Writes JSON lines.

    Raises:
        FileError: The file cannot be written.
    """
    try:
        file.write_text("".join(f"{line}\n" for line in rows.json_lines()), encoding="utf-8")
    except OSError as error:
        raise FileError(f"{file} cannot be written: {error.strerror}.") from error


def _filled(body: bytes) -> str:
    """The row's own plain fields, those in which anything stands."""
    parsed = jsontext.parse(body)
    fields = parsed if isinstance(parsed, dict) else {}
    empty = ("", None)
    return ", ".join(
        f"{name} {value}"
        for name, value in fields.items()
        if value not in empty and not isinstance(value, dict | list)
    )
