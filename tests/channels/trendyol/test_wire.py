"""What does not fit is refused, and each field that does not fit is named."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.errors import ContractError
from channels.trendyol import map_file
from tests.channels.trendyol.samples import as_bytes, body, channel, package, with_line


def refusal(value: Any) -> ContractError:
    raw = value if isinstance(value, bytes) else as_bytes(value)
    with pytest.raises(ContractError) as refused:
        channel().to_canonical(raw)
    with pytest.raises(ContractError) as also:
        channel().identify(raw)
    assert refused.value.fields == also.value.fields
    return refused.value


REQUIRED = (
    "shipmentPackageId",
    "orderNumber",
    "status",
    "orderDate",
    "lastModifiedDate",
    "currencyCode",
    "packageTotalPrice",
    "lines",
)


@pytest.mark.parametrize("field", REQUIRED)
def test_an_absent_field_is_named(field: str) -> None:
    error = refusal(package(**dict.fromkeys([field])))
    assert error.fields == (field,)
    assert field in str(error)


@pytest.mark.parametrize(
    "field", ["lineId", "quantity", "barcode", "lineGrossAmount", "lineUnitPrice"]
)
def test_an_absent_field_of_a_line_is_named(field: str) -> None:
    assert refusal(with_line(**dict.fromkeys([field]))).fields == (f"lines.0.{field}",)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lastModifiedDate", "2026-11-24T06:49:50Z"),
        ("lastModifiedDate", "1795509130000"),
        ("lastModifiedDate", 1795509130000.5),
        ("lastModifiedDate", True),
        ("lastModifiedDate", -1),
        ("lastModifiedDate", 10**20),
        ("orderDate", "24.11.2026"),
        ("orderDate", 10**40),
        ("packageTotalPrice", "74,75"),
        ("packageTotalPrice", "74.75"),
        ("packageTotalPrice", -1),
        ("packageTotalPrice", 1e300),
        ("packageTotalPrice", [74.75]),
        ("lines", {}),
        ("lines", "none"),
        ("currencyCode", "sar"),
        ("currencyCode", "SARR"),
        ("currencyCode", "ريال"),
        ("shipmentPackageId", ""),
        ("shipmentPackageId", "33\x0001"),
        ("shipmentPackageId", "33\ud83c"),
        ("shipmentPackageId", 1.5),
        ("shipmentPackageId", {"id": 1}),
        ("shipmentPackageId", False),
        ("orderNumber", "106\x00"),
        ("orderNumber", " "),
        ("orderNumber", "1" * 301),
        ("status", "Cre\x00ated"),
        ("status", "x" * 61),
        ("isCod", "yes"),
    ],
)
def test_an_odd_value_is_named_and_not_quoted(field: str, value: Any) -> None:
    error = refusal(package(**{field: value}))
    assert error.fields == (field,)
    assert field in error.message
    if isinstance(value, str) and len(value) > 1:
        assert value not in str(error)


@pytest.mark.parametrize("quantity", [0, -1, 1_000_001, 10**30, "2", 1.5, True, None])
def test_impossible_quantities_are_refused(quantity: Any) -> None:
    assert refusal(with_line(quantity=quantity)).fields == ("lines.0.quantity",)


def test_amounts_beyond_reason_are_refused_before_they_are_multiplied() -> None:
    error = refusal(with_line(quantity=1_000_000, lineGrossAmount=9_999_999))
    assert error.fields == ("lines.0.quantity",)
    assert refusal(with_line(lineUnitPrice=-0.01)).fields == ("lines.0.lineUnitPrice",)
    huge = body("created").replace(b'"lineUnitPrice": 69.75', b'"lineUnitPrice": 1e999999')
    assert refusal(huge).fields == ("lines.0.lineUnitPrice",)


def test_one_package_has_one_currency_and_no_line_twice() -> None:
    assert refusal(with_line(currencyCode="AED")).fields == ("lines.0.currencyCode",)
    twice = package()
    twice["lines"] *= 2
    assert refusal(twice).fields == ("lines.1.lineId",)
    many = package()
    many["lines"] = [{**many["lines"][0], "lineId": n} for n in range(1001)]
    assert refusal(many).fields == ("lines",)


def test_old_names_are_named_where_they_are_what_came() -> None:
    assert refusal(package("old_names", totalPrice="74,75")).fields == ("totalPrice",)


@pytest.mark.parametrize("junk", [b"", b"not json", b"[]", b"7", b"null", b'"x"', b"\xff\xfe"])
def test_what_is_no_package_at_all_is_refused(junk: bytes) -> None:
    error = refusal(junk)
    assert error.fields == ()
    assert "does not fit" in error.message


def test_the_order_is_named_where_its_number_can_be_read() -> None:
    assert refusal(package(lines={})).order_id == "10600123456"
    assert refusal(package(lines={}, orderNumber=7)).order_id is None


def test_nothing_personal_is_in_the_error() -> None:
    value = package(customerFirstName=["Noura"], packageTotalPrice="Noura")
    error = refusal(value)
    assert error.fields == ("customerFirstName", "packageTotalPrice")
    assert "Noura" not in repr(error) + str(error)
    assert error.__cause__ is None
    assert error.__context__ is None


def test_unknown_fields_are_ignored() -> None:
    value = package(newField={"deep": [1]})
    value["lines"][0]["another"] = None
    assert channel().to_canonical(as_bytes(value)) == channel().to_canonical(body("created"))


def test_whole_numbers_may_have_a_point() -> None:
    assert channel().identify(as_bytes(package(lastModifiedDate=1795509130000.0))).version == (
        1795509130000
    )


def test_a_file_names_what_is_wrong_with_its_package() -> None:
    page = as_bytes({"content": [package(), package(lines={})]})
    with pytest.raises(ContractError) as refused:
        map_file(page, "main")
    assert refused.value.fields == ("lines",)
    with pytest.raises(ContractError):
        map_file(b"<html>", "main")


ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2)
    ),
    max_leaves=4,
)
FIELDS = sorted(package())
LINE_FIELDS = sorted(package()["lines"][0])


@given(st.dictionaries(st.sampled_from(FIELDS), ANY, max_size=3))
def test_any_value_anywhere_maps_or_is_refused(changes: dict[str, Any]) -> None:
    _maps_or_is_refused({**package(), **changes})


@given(st.dictionaries(st.sampled_from(LINE_FIELDS), ANY, max_size=3))
def test_any_value_in_a_line_maps_or_is_refused(changes: dict[str, Any]) -> None:
    value = package()
    value["lines"][0].update(changes)
    _maps_or_is_refused(value)


def _maps_or_is_refused(value: dict[str, Any]) -> None:
    one = channel()
    raw = as_bytes(value)
    try:
        identity = one.identify(raw)
    except ContractError as refused:
        assert refused.fields
        with pytest.raises(ContractError):
            one.to_canonical(raw)
        return
    order = one.to_canonical(raw)
    assert identity.order_id == order.ref.order_id
    assert identity.version == order.parcels[0].version
    assert order.payable.amount >= 0
    assert order.gross.amount >= 0
    assert order.discount.amount >= 0
    order.model_dump_json().encode()
