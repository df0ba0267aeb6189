"""Building blocks of wire models: unknown fields are ignored, absent and odd ones refused."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any, TypeAlias
from unicodedata import category

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from canonical.text import Text, cut
from channels.errors import ContractError

AMOUNT_LIMIT = Decimal(10_000_000)
QUANTITY_LIMIT = 1_000_000
LAST_MILLIS = 253_402_300_799_999
"""The end of the year 9999."""

_TEN_THOUSANDTH = Decimal("0.0001")


class WireModel(BaseModel):
    """Base of what a marketplace sends. `null` counts as absent, so that old names are tried."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, data: Any) -> Any:
        if isinstance(data, dict):
            return {key: value for key, value in data.items() if value is not None}
        return data


def _whole(value: object) -> object:
    """An integer, also where JSON wrote it as 2.0 or 1.79E12."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("must be a number without quotes")
    if isinstance(value, Decimal):
        # Compared first: an exponent of a million must not be written out.
        if not -(10**40) < value < 10**40 or value != value.to_integral_value():
            raise ValueError("must be a whole number")
        return int(value)
    return value


def _amount(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("must be a number without quotes")
    if not 0 <= value <= AMOUNT_LIMIT:
        raise ValueError(f"must lie between 0 and {AMOUNT_LIMIT}")
    # Doubles arrive as 25.979999999999997: what lies beyond four places is not money.
    return Decimal(value).quantize(_TEN_THOUSANDTH, rounding=ROUND_HALF_UP) + 0


def _identifier(value: object) -> object:
    if isinstance(value, int | Decimal):
        value = str(_whole(value))
    if not isinstance(value, str):
        raise ValueError("must be text or a whole number")
    if not value.strip():
        raise ValueError("must not be empty")
    if any(category(c) in ("Cc", "Cs") for c in value):
        raise ValueError("must not hold control characters or half characters")
    return value


def _loose(value: object) -> object:
    """Descriptive text; a postal code may come as a number, a waybill as 7.33E15."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return value
    return f"{value:f}" if isinstance(value, Decimal) and abs(value) < 10**40 else str(value)


Millis: TypeAlias = Annotated[int, BeforeValidator(_whole), Field(gt=0, le=LAST_MILLIS)]
"""Milliseconds since 1970, as a number."""
Quantity: TypeAlias = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=QUANTITY_LIMIT)]
Whole: TypeAlias = Annotated[int, BeforeValidator(_whole)]
Amount: TypeAlias = Annotated[Decimal, BeforeValidator(_amount)]
"""Money without its currency: not negative, to four places."""
Rate: TypeAlias = Annotated[Decimal, BeforeValidator(_amount), Field(le=100)]
"""Per cent."""
Identifier: TypeAlias = Annotated[str, BeforeValidator(_identifier), Field(max_length=100)]
Word: TypeAlias = Annotated[str, BeforeValidator(_identifier), Field(max_length=60)]
"""A status or the like: a short word that we branch on."""
Currency: TypeAlias = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
LooseText: TypeAlias = Annotated[Text, BeforeValidator(_loose)]

Problem: TypeAlias = tuple[str, str]
"""(field, what is wrong with it)."""


def problems_of(error: ValidationError) -> list[Problem]:
    """The fields that do not fit, without their values: these may be personal."""
    return [
        (".".join(str(part) for part in e["loc"]), e["msg"].removeprefix("Value error, "))
        for e in error.errors(include_url=False, include_input=False, include_context=False)
    ]


def contract_error(
    channel: str,
    account: str,
    operation: str,
    problems: Iterable[Problem],
    order_id: str | None = None,
) -> ContractError:
    """A body that the wire model does not fit, naming each field once."""
    by_field = dict(sorted(problems))
    told = ", ".join(f"{field or 'the body'} ({what})" for field, what in by_field.items())
    return ContractError(
        channel,
        account,
        operation,
        cut(f"the body does not fit: {told}", 2_000),
        order_id,
        "Compare the raw body with the marketplace's documentation, then replay it.",
        fields=tuple(field for field in by_field if field),
    )
