"""Common labels of packages whose carrier Trendyol pays."""

from aiohttp import web
from pydantic import BaseModel

from sandbox.trendyol.api.packages_of import wrote
from sandbox.trendyol.errors import ApiError, bad_request, json_response, not_updatable
from sandbox.trendyol.gate import Call
from sandbox.trendyol.model import Package
from sandbox.trendyol.statuses import DEAD

KIND = "label"


class Label(BaseModel):
    """A label that was asked for."""

    boxes: int


async def create(call: Call) -> web.Response:
    """POST common-label/{number}: `{"format":"ZPL","boxQuantity":1}` (ASSUMED body)."""
    body = await call.json_object()
    package = _package(call)
    if body.get("format") != "ZPL":
        raise bad_request("invalid.request", "format must be ZPL")
    boxes = body.get("boxQuantity", 1)
    if type(boxes) is not int or boxes < 1:
        raise bad_request("invalid.request", "boxQuantity must be 1 or more")
    if package.status in DEAD or package.seller_pays_cargo:
        raise not_updatable("No common label can be made for this package")
    label = Label(boxes=boxes)
    call.world.database.put(KIND, _key(call), label.model_dump_json())
    wrote(call, package, "label", "applied")
    return web.Response()


async def read(call: Call) -> web.Response:
    """GET common-label/{cargoTrackingNumber}: 404 before it was made."""
    package = _package(call)
    label = call.world.database.get(KIND, _key(call))
    if label is None:
        raise ApiError(404, "label.not.found", "Label not found")
    boxes = Label.model_validate_json(label).boxes
    if call.world.knobs.label_form == "link":
        link = f"https://labels.carrier.example/{package.cargo_tracking_number}.pdf"
        return json_response({"data": [{"label": link, "format": "PDF"}] * boxes})
    text = f"^XA^FO50,50^BCN,100^FD{package.cargo_tracking_number}^FS^XZ"
    return json_response({"data": [{"label": text, "format": "ZPL"}] * boxes})


def _key(call: Call) -> str:
    return f"{call.seller}/{call.request.match_info['cargo']}"


def _package(call: Call) -> Package:
    text = call.request.match_info["cargo"]
    package = None
    if text.isdigit() and call.home:
        package = call.world.packages.of_cargo(call.seller, int(text))
    if package is None:
        raise ApiError(404, "shipment.package.not.found")
    return package
