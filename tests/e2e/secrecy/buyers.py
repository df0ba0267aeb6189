"""Canary buyers: placed at the marketplace, and read back from it as what must be found nowhere."""

from typing import Any

from tests.fixtures.spelled import SHORTEST
from tests.fixtures.stack import Held
from workers.stack.http import call

CANARIES: tuple[dict[str, str], ...] = (
    {
        "firstName": "Kanarya-Noura",
        "lastName": "Alkanari O'Brien",
        "address1": '17 Canary Wharf Street, flat 5"b',
        "address2": "behind the Kanarya bakery",
        "district": "Al Kanariyah",
        "phone": "+966557391846",
        "shortAddress": "KNRY1701",
        "company": "Kanarya & Söhne GmbH",
        "taxNumber": "310117391846003",
    },
    {
        "firstName": "عصفورة",
        "lastName": "الكناري المغرد",
        "address1": "شارع طائر الكناري ١٧، شقة ٥",
        "address2": "خلف مخبز العصافير",
        "district": "حي الكناريات",
        "phone": "٠٥٥٧٣٩١٨٤٧",
        "shortAddress": "KNRY1702",
        "company": "مؤسسة الكناري التجارية",
        "taxNumber": "310117391847003",
    },
    {
        "firstName": "Çağrı 🐤",
        "lastName": "Kanaryacıoğlu",
        "address1": "Kuşçular Cad. No:17/5",
        "address2": "كناري الدور الثاني",
        "district": "Kanaryalı",
        "phone": "0557391848",
        "shortAddress": "KNRY1703",
        "company": "Kuş<Evi>\\Ltd.",
        "taxNumber": "310117391848003",
    },
)
QUOTED: dict[str, str] = {
    "firstName": "Papageno",
    "lastName": "البلبل الغرّيد",
    "address1": "Voliere Street 3",
    "address2": "",
    "district": "Al Bulbul",
    "phone": "0557391849",
    "shortAddress": "KNRY1704",
    "company": "",
    "taxNumber": "310117391849003",
}
"""A buyer whom the marketplace names in the words of a refusal: by last name and phone."""
PERSONAL = (
    "customerFirstName", "customerLastName", "customerEmail", "taxNumber",
)  # fmt: skip
"""Fields of a package that say who the buyer is."""
PERSONAL_IN_ADDRESSES = (
    "firstName", "lastName", "fullName", "company", "address1", "address2", "fullAddress",
    "district", "shortAddress", "phone", "taxNumber",
)  # fmt: skip
"""Cities and provinces say nothing of a person, and accounts are named after them."""
ADDRESSES = ("shipmentAddress", "invoiceAddress")


def package_of(canary: dict[str, str], number: str) -> dict[str, Any]:
    """An order's wire keys that carry a canary buyer."""
    address = {
        **canary,
        "fullName": f"{canary['firstName']} {canary['lastName']}",
        "fullAddress": f"{canary['address1']} {canary['address2']}",
        "city": "Riyadh",
        "stateName": "Riyadh Province",
        "postalCode": "12211",
        "countryCode": "SA",
    }
    return {
        "orderNumber": number,
        "customerFirstName": canary["firstName"],
        "customerLastName": canary["lastName"],
        "customerEmail": f"kanarya.{number}@mail.example",
        "taxNumber": canary["taxNumber"],
        "shipmentAddress": {"id": 1, **address},
        "invoiceAddress": {"id": 2, **address},
    }


async def place(platform: Held, account: str, package: dict[str, Any]) -> None:
    """Places one order by hand."""
    seller = next(x.seller for x in platform.channel.accounts if x.account == account)
    await call(
        "POST", f"{platform.channel.operator_url}/orders", {"seller": seller, "package": package}
    )


async def known_to_the_marketplace(platform: Held) -> dict[str, str]:
    """What the marketplace itself says of its buyers: values by a name that may be shown.

    Values too short to be told from chance are left out.
    """
    values: dict[str, str] = {}
    for account in platform.channel.accounts:
        url = f"{platform.channel.operator_url}/packages/{account.seller}"
        for package in await call("GET", url):
            for name, value in _personal(package):
                if len(value.encode()) >= SHORTEST and value not in values.values():
                    values[f"{name} of {account.account}/{package['orderNumber']}"] = value
    return values


def _personal(package: dict[str, Any]) -> list[tuple[str, str]]:
    found = [(name, package.get(name, "")) for name in PERSONAL]
    for part in ADDRESSES:
        found += [(f"{part}.{name}", package[part].get(name, "")) for name in PERSONAL_IN_ADDRESSES]
    return found
