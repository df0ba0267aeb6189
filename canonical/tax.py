"""Value-added tax, kept apart from price and discount."""

from decimal import ROUND_HALF_UP, Decimal

from pydantic import BaseModel, ConfigDict

from canonical.money import CENT, Money


class Tax(BaseModel):
    """Tax in an amount. The rate is the one that was sent, never recomputed from rounded money."""

    model_config = ConfigDict(frozen=True)

    rate: Decimal
    """Per cent, as the marketplace sent it: 15 means 15 %."""
    gross: Money
    """What is paid, tax included."""
    net: Money
    vat: Money


def included(gross: Money, rate: Decimal) -> Tax:
    """Takes the tax out of an amount that includes it; net + vat = gross exactly."""
    paid = gross.rounded()
    share = (paid.amount * rate / (100 + rate)).quantize(CENT, rounding=ROUND_HALF_UP)
    vat = Money(amount=share, currency=paid.currency)
    return Tax(rate=rate, gross=paid, net=paid - vat, vat=vat)
