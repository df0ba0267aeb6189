"""Amazon's own models as judges: every answer and every notification must be what they say.

They are taken more strictly than they are written: a field that a schema does not name is refused,
since a misspelt optional field would pass otherwise.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator, FormatChecker

from tests.sandbox.amazon.moments import is_moment

MODELS = Path(__file__).parents[2] / "fixtures" / "amazon_models"
APIS = (
    "orders_2026-01-01",
    "ordersV0",
    "reports_2021-06-30",
    "feeds_2021-06-30",
    "notifications",
    "fbaInventory",
    "easyShip_2022-03-23",
    "sellers",
    "tokens_2021-03-01",
    "listingsItems_2021-08-01",
)
NOTIFICATIONS = {
    "ORDER_CHANGE": "OrderChangeNotification",
    "FBA_INVENTORY_AVAILABILITY_CHANGES": "FBAInventoryAvailabilityChangeNotification",
    "REPORT_PROCESSING_FINISHED": "ReportProcessingFinishedNotification",
    "FEED_PROCESSING_FINISHED": "FeedProcessingFinishedNotification",
}
FORMATS = FormatChecker(formats=())
FORMATS.checks("date-time")(is_moment)


def check_answer(method: str, path: str, status: int, body: Any) -> str:
    """Holds an answer against the operation's model and gives the operation's id.

    Raises:
        AssertionError: There is no such operation, or the answer is not what its model says.
    """
    api, operation = _operation(method, path)
    declared = operation["responses"].get(str(status))
    assert declared is not None, f"{operation['operationId']} never answers {status}"
    if "schema" not in declared:
        assert body in (None, {}), f"{operation['operationId']} answers {status} without a body"
    else:
        _judge(_schema(api, declared["schema"]), body, f"{operation['operationId']} {status}")
    return str(operation["operationId"])


def check_request(method: str, path: str, body: Any) -> None:
    """Holds a request's body against the operation's model."""
    api, operation = _operation(method, path)
    for parameter in operation.get("parameters", []):
        if parameter.get("in") == "body":
            _judge(_schema(api, parameter["schema"]), body, f"{operation['operationId']} request")


def check_notification(body: Any) -> str:
    """Holds a notification against its schema and gives its type."""
    kind = body.get("NotificationType") or body["notificationType"]
    schema = json.loads((MODELS / "notifications" / f"{NOTIFICATIONS[kind]}.json").read_text())
    _judge(_strict(schema), body, kind)
    return str(kind)


def check_file(name: str, body: Any) -> None:
    """Holds a file against a JSON schema of the feeds folder."""
    schema = json.loads((MODELS / "feeds" / f"{name}.json").read_text())
    _judge(schema, body, name)


def rated(method: str, path: str, status: int) -> bool:
    """Whether the model declares the rate header for that answer."""
    _, operation = _operation(method, path)
    declared = operation["responses"].get(str(status), {})
    return "x-amzn-RateLimit-Limit" in declared.get("headers", {})


def _judge(schema: Any, body: Any, what: str) -> None:
    faults = sorted(
        f"{'/'.join(map(str, fault.absolute_path)) or '(whole)'}: {fault.message[:300]}"
        for fault in Draft7Validator(schema, format_checker=FORMATS).iter_errors(body)
    )
    assert not faults, f"{what}: " + "; ".join(faults)


@cache
def _api(name: str) -> Any:
    return _strict(json.loads((MODELS / f"{name}.json").read_text()))


def _schema(api: str, schema: Any) -> Any:
    return {**schema, "definitions": _api(api)["definitions"]}


@cache
def _operation(method: str, path: str) -> tuple[str, Any]:
    fitting = [
        (template.count("{"), api, operations[method.lower()])
        for api in APIS
        for template, operations in _api(api)["paths"].items()
        if _matches(template, path) and method.lower() in operations
    ]
    assert fitting, f"no model has {method} {path}"
    _, api, operation = min(fitting, key=lambda each: each[0])
    return api, operation


def _matches(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path) is not None


def _strict(schema: Any) -> Any:
    """The schema, refusing fields that it does not name."""
    return _closed(schema, frozenset(re.findall(r'"allOf": \[(.*?)\]', json.dumps(schema))))


def _closed(schema: Any, merged: frozenset[str], name: str = "") -> Any:
    """`merged` are the texts of all `allOf`: their parts name only some of the fields each."""
    if isinstance(schema, list):
        return [_closed(each, merged) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _closed(each, merged, key) for key, each in schema.items()}
    is_part = any(f'#/definitions/{name}"' in text for text in merged)
    if made.get("type") == "object" and made.get("properties") and not is_part:
        made["additionalProperties"] = False
    for part in made.get("allOf", ()):
        part.pop("additionalProperties", None)
    return made
