"""A parcel's labels, fetched for a person and written to files."""

from dataclasses import dataclass
from pathlib import Path

from canonical.states import DEAD
from canonical.view import OrderView
from channels.port import LINK, Document
from workers.operations.errors import FileError, NotFoundError, RefusedError, UnclearError
from workers.operations.marketplace import open_account
from workers.operations.opened import open_store
from workers.operations.whose import whose
from workers.settings import Settings


@dataclass(frozen=True)
class Wanted:
    """Whose label, and where it goes."""

    order: str
    channel: str | None
    account: str | None
    parcel: str | None
    """None: the order's one live parcel."""
    file: Path


@dataclass(frozen=True)
class Written:
    """One label in a file of its own."""

    parcel_id: str
    file: Path
    media_type: str
    link: str
    """Where the marketplace gives a link alone, which is then what stands in the file."""


async def written(settings: Settings, wanted: Wanted) -> list[Written]:
    """Fetches a parcel's labels and writes them, one for each box.

    Raises:
        NotFoundError: There is no such order, or no such parcel of it.
        UnclearError: Several accounts have this order number, or several parcels are live.
        RefusedError: The channel gives no labels, or the account is paused.
        ChannelError: The marketplace has no label yet, or does not answer.
        FileError: The file cannot be written.
    """
    async with open_store(settings) as store:
        ref = await whose(store, wanted.order, wanted.channel, wanted.account)
        view = await store.orders.view(ref)
    parcel_id = _parcel(view, wanted.parcel)
    async with open_account(settings, ref.channel, ref.account) as channel:
        if not channel.abilities.labels:
            raise RefusedError(f"{ref.channel} gives no labels through its API.")
        documents = await channel.label(ref.order_id, parcel_id)
    files = _files(wanted.file, len(documents))
    return [_kept(parcel_id, d, f) for d, f in zip(documents, files, strict=True)]


def _parcel(view: OrderView, wanted: str | None) -> str:
    known = {p.parcel_id: p for p in view.parcels}
    if wanted is not None:
        if wanted not in known:
            raise NotFoundError(
                f"Order {view.ref.order_id} has no parcel {wanted};"
                f" there are {', '.join(known) or 'none'}."
            )
        return wanted
    live = [i for i, p in known.items() if p.state not in DEAD]
    if not live:
        raise NotFoundError(f"Order {view.ref.order_id} has no parcel that is still to be sent.")
    if len(live) > 1:
        raise UnclearError(
            f"Order {view.ref.order_id} has {len(live)} parcels. Say which:"
            f" --parcel {' or --parcel '.join(live)}."
        )
    return live[0]


def _files(file: Path, number: int) -> list[Path]:
    """As named; of several boxes each with its number before the ending."""
    if number == 1:
        return [file]
    return [file.with_name(f"{file.stem}-{n}{file.suffix}") for n in range(1, number + 1)]


def _kept(parcel_id: str, document: Document, file: Path) -> Written:
    try:
        file.write_bytes(document.content)
    except OSError as error:
        raise FileError(f"{file} cannot be written: {error.strerror}.") from error
    link = document.content.decode() if document.media_type == LINK else ""
    return Written(parcel_id, file, document.media_type, link)
