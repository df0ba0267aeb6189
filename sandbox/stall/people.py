"""Invented customers."""

import random

NAMES = ("نورة القحطاني", "Fahad Al Harbi", "سارة الشهري", "Omar Bakr", "Reem Al-Otaibi")
STREETS = ("شارع العليا 12", "King Fahd Road 88", "طريق الملك عبدالله", "Prince Sultan St 5")
CITIES = ("الرياض", "Jeddah", "Dammam", "مكة المكرمة")


def someone(chance: random.Random) -> tuple[dict[str, str], dict[str, str]]:
    """A buyer and an address."""
    name = chance.choice(NAMES)
    buyer = {
        "name": name,
        "phone": f"+9665{chance.randrange(10**7, 10**8)}",
        "email": f"buyer{chance.randrange(10**6)}@example.invalid",
    }
    address = {
        "line1": chance.choice(STREETS),
        "district": "",
        "city": chance.choice(CITIES),
        "postal_code": f"{chance.randrange(11_000, 40_000)}",
        "country": "SA",
    }
    return buyer, address
