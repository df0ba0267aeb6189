"""Buyers of the made-up kind, with Arabic and Latin addresses."""

import random

from sandbox.amazon.model import Person

NAMES = [
    "محمد العتيبي",
    "نورة القحطاني",
    "عبدالله الشهري",
    "سارة الدوسري",
    "Ahmed Alharbi",
    "Fatimah Alzahrani",
    "Mary-Jane O'Brien",
    "Zoë Núñez",
]
PLACES = [
    ("الرياض", "منطقة الرياض", "حي العليا", "طريق الملك فهد", "12211"),
    ("جدة", "منطقة مكة المكرمة", "حي الحمراء", "شارع فلسطين", "23323"),
    ("الدمام", "المنطقة الشرقية", "حي الشاطئ", "شارع الأمير محمد بن فهد", "32413"),
    ("Riyadh", "Riyadh Province", "Al Olaya", "King Fahd Road", "12214"),
    ("Jeddah", "Makkah Province", "Al Rawdah", "Prince Sultan Street", "23435"),
]


def someone(chance: random.Random) -> Person:
    """A seeded buyer; the e-mail address is Amazon's relay, as buyers' always are."""
    city, region, district, street, postal = chance.choice(PLACES)
    relay = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=15))
    return Person(
        name=chance.choice(NAMES),
        email=f"{relay}@marketplace.amazon.sa",
        phone=f"+9665{chance.randrange(10**8):08d}",
        line1=f"{street} {chance.randint(1, 250)}",
        line2=chance.choice(["", "الدور الثاني، شقة 4", "Building 7, Flat 12"]),
        city=city,
        district=district,
        region=region,
        postal_code=postal,
    )
