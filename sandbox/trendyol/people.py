"""Customers of the made-up kind, Arabic and Latin."""

import random

from sandbox.trendyol.model import Person

LATIN = [
    ("Ahmed", "Alharbi"),
    ("Fatimah", "Alzahrani"),
    ("Omar", "Alghamdi"),
    ("Noura", "Alotaibi"),
]
ARABIC = [("محمد", "العتيبي"), ("نورة", "القحطاني"), ("عبدالله", "الشهري"), ("سارة", "الدوسري")]
OTHERS = [("José", "Núñez"), ("Zoë", "O'Brien"), ("Şule", "Yıldız"), ("Mary-Jane", "de la Cruz")]

PLACES = [
    ("Riyadh", "Riyadh Province", "Al Olaya", "King Fahd Rd", "RRRD", "12211"),
    ("Jeddah", "Makkah Province", "Al Hamra", "Palestine St", "JJDH", "23323"),
    ("الدمام", "المنطقة الشرقية", "حي الشاطئ", "شارع الأمير محمد", "DDMM", "32413"),
    ("مكة المكرمة", "منطقة مكة", "العزيزية", "شارع المسجد الحرام", "MMKK", "24243"),
]


def someone(chance: random.Random, country: str) -> Person:
    """A seeded customer."""
    first, last = chance.choice(chance.choice([LATIN, ARABIC, OTHERS]))
    city, province, district, street, code, postal = chance.choice(PLACES)
    return Person(
        first_name=first,
        last_name=last,
        phone=f"5{chance.randrange(10**8):08d}",
        street=f"{street} {chance.randint(1, 250)}",
        district=district,
        city=city,
        province=province,
        short_address=f"{code}{chance.randint(1000, 9999)}",
        postal_code=postal,
        country=country,
    )
