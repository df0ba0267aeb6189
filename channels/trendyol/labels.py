"""Shipping labels: asked for once, then read; one for each box.

Source: developers.trendyol.com, "Create common label" and "Getting common label". In the Gulf a
label is a link to the carrier's PDF, elsewhere the text of a ZPL program.
"""

import json
from collections.abc import Iterable

from pydantic import Field, ValidationError

from channels import jsontext
from channels.errors import ContractError, RefusedError, UnavailableError
from channels.http import HttpClient, Request, Response, path_of
from channels.port import LINK, Document, RawEvent
from channels.trendyol import quotas
from channels.trendyol.abilities import CHANNEL
from channels.trendyol.options import AccountOptions
from channels.trendyol.orders import OrderReader
from channels.trendyol.wire import Package, read_package
from channels.wiretypes import Identifier, Problem, WireModel, contract_error, problems_of

_MEDIA_TYPES = {"ZPL": "application/zpl", "PDF": "application/pdf"}


class _Label(WireModel):
    text: Identifier = Field(validation_alias="label", max_length=10_000_000)
    format: str = ""


class _Labels(WireModel):
    data: tuple[_Label, ...] = ()


class LabelReader:
    """Reads one account's labels."""

    def __init__(
        self, http: HttpClient, account: str, options: AccountOptions, reader: OrderReader
    ) -> None:
        self._http = http
        self._account = account
        self._options = options
        self._reader = reader

    async def of_parcel(self, order_id: str, parcel_id: str) -> tuple[Document, ...]:
        """The labels of one package; asks Trendyol to make them where there are none yet.

        Raises:
            RefusedError: The package is not shown, has no cargo number yet, or its carrier has no
                common label.
            UnavailableError: Trendyol is still making it.
        """
        number = await self._cargo_number(order_id, parcel_id)
        found = await self._read(order_id, number)
        if found:
            return found
        body = json.dumps({"format": "ZPL"}).encode()
        # Repeatable: it begins with a look, and a second label of one number is the same.
        await self._http.send(
            Request(quotas.LABEL_CREATE, "POST", self._path(number), body=body, order_id=order_id)
        )
        found = await self._read(order_id, number)
        if not found:
            what, hint = "the label is still being made", "Ask again in a minute."
            raise UnavailableError(CHANNEL, self._account, quotas.LABEL_READ, what, order_id, hint)
        return found

    async def _cargo_number(self, order_id: str, parcel_id: str) -> str:
        for package in self._readable(await self._reader.one(order_id)):
            if package.package_id == parcel_id:
                if package.tracking_number:
                    return package.tracking_number
                what = f"package {parcel_id} has no cargo number yet"
                raise self._refused(order_id, what, "Accept the order first, then ask again.")
        what = f"Trendyol does not show package {parcel_id}"
        raise self._refused(order_id, what, "Look the package up in the seller panel.")

    def _readable(self, events: Iterable[RawEvent]) -> Iterable[Package]:
        for event in events:
            try:
                yield read_package(event.body, self._account)
            except ContractError:
                continue

    async def _read(self, order_id: str, number: str) -> tuple[Document, ...]:
        try:
            response = await self._http.send(
                Request(quotas.LABEL_READ, "GET", self._path(number), order_id=order_id)
            )
        except RefusedError as refused:
            if refused.code in ("http.404", "http.400") or refused.code.endswith("not.found"):
                return ()
            raise
        return tuple(_document(label) for label in self._parsed(response, order_id).data)

    def _parsed(self, response: Response, order_id: str) -> _Labels:
        problems: list[Problem]
        try:
            return _Labels.model_validate(jsontext.parse(response.body))
        except jsontext.NotJsonError as e:
            problems = [("", str(e))]
        except ValidationError as e:
            problems = problems_of(e)
        raise contract_error(CHANNEL, self._account, quotas.LABEL_READ, problems, order_id)

    def _path(self, number: str) -> str:
        return path_of("sellers", self._options.seller_id, "common-label", number)

    def _refused(self, order_id: str, what: str, hint: str) -> RefusedError:
        return RefusedError(
            CHANNEL,
            self._account,
            quotas.LABEL_READ,
            what,
            order_id,
            hint,
            code="label.not.there",
        )


def _document(label: _Label) -> Document:
    if label.text.startswith(("https://", "http://")):
        return Document(LINK, label.text.encode())
    kind = _MEDIA_TYPES.get(label.format.upper(), "application/octet-stream")
    return Document(kind, label.text.encode())
