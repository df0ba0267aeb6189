"""Money: an exact amount with its currency."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator

CENT = Decimal("0.01")


class CurrencyMismatchError(ValueError):
    """Two amounts in different currencies were added or compared."""


class Money(BaseModel):
    """An amount in one currency. Amounts are exact; they are rounded only on purpose."""

    model_config = ConfigDict(frozen=True)

    amount: Decimal = Field(max_digits=18, decimal_places=4)
    currency: str = Field(pattern=r"^[A-Z]{3}$")

    @field_validator("amount", mode="before")
    @classmethod
    def _no_float(cls, value: object) -> object:
        if isinstance(value, float):
            raise ValueError("money must not be a float: pass a Decimal or a string")
        return value

    @classmethod
    def zero(cls, currency: str) -> Self:
        return cls(amount=Decimal(0), currency=currency)

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatchError(f"{self.currency} and {other.currency} do not add up")

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(amount=self.amount + other.amount, currency=self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(amount=self.amount - other.amount, currency=self.currency)

    def __mul__(self, factor: int) -> "Money":
        return Money(amount=self.amount * factor, currency=self.currency)

    def rounded(self) -> "Money":
        """To two decimals, half up, as invoices do."""
        return Money(
            amount=self.amount.quantize(CENT, rounding=ROUND_HALF_UP), currency=self.currency
        )

    def __str__(self) -> str:
        return f"{self.amount:.2f} {self.currency}"


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of `amounts`; zero in `currency` where there are none."""
    result = Money.zero(currency)
    for amount in amounts:
        result = result + amount
    return result
