"""What the toy marketplace sends, as far as we read it."""

from typing import Any

from pydantic import Field, ValidationError

from channels import jsontext
from channels.wiretypes import (
    Currency,
    Identifier,
    LooseText,
    Millis,
    Quantity,
    Rate,
    Whole,
    WireModel,
    Word,
    contract_error,
    problems_of,
)
from tests.conformance.toy.abilities import CHANNEL


class WireItem(WireModel):
    """A position. Money in the currency's smallest unit."""

    item_id: Identifier = Field(validation_alias="id")
    sku: Identifier
    title: LooseText = ""
    quantity: Quantity
    cancelled: Whole = 0
    price: Whole
    discount: Whole = 0
    vat_rate: Rate | None = None


class WirePerson(WireModel):
    name: LooseText = ""
    phone: LooseText = ""
    email: LooseText = ""


class WireAddress(WireModel):
    line1: LooseText = ""
    district: LooseText = ""
    city: LooseText = ""
    postal_code: LooseText = ""
    country: LooseText = ""


class WireOrder(WireModel):
    """An order, as lists, reads and webhooks bring it."""

    number: Identifier
    status: Word
    revision: Whole
    placed: Millis
    updated: Millis
    currency: Currency
    total: Whole
    items: tuple[WireItem, ...]
    buyer: WirePerson = WirePerson()
    ship_to: WireAddress = WireAddress()
    carrier: LooseText = ""
    tracking: LooseText = ""


class WirePage(WireModel):
    orders: tuple[Any, ...]
    next: str = ""


class WireToken(WireModel):
    access: str
    refresh: str
    lasts: Whole


class WireResult(WireModel):
    ok: bool = Field(strict=True)
    code: LooseText = ""
    message: LooseText = ""


class WireResults(WireModel):
    results: tuple[WireResult, ...] = Field(min_length=1)


class WireHook(WireModel):
    url: str
    active: bool


class WireHooks(WireModel):
    webhooks: tuple[WireHook, ...]


def read(model: type[WireModel], body: bytes, account: str, operation: str) -> Any:
    """Reads a body.

    Raises:
        ContractError: Naming each field that does not fit, never its value.
    """
    try:
        return model.model_validate(jsontext.parse(body))
    except jsontext.NotJsonError as e:
        problems = [("", str(e))]
    except ValidationError as e:
        problems = problems_of(e)
    raise contract_error(CHANNEL, account, operation, problems)


def read_order(body: bytes, account: str) -> WireOrder:
    """Reads one order; raises as `read` does."""
    found: WireOrder = read(WireOrder, body, account, "read_order")
    return found
