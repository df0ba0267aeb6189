"""Invoices of packages: a link, or a file of up to 10 MB."""

from urllib.parse import urlsplit

from aiohttp import BodyPartReader, web

from sandbox.trendyol.api.fields import of_number, of_text
from sandbox.trendyol.api.packages_of import wrote
from sandbox.trendyol.clock import now_ms
from sandbox.trendyol.errors import ApiError, bad_request
from sandbox.trendyol.gate import Call
from sandbox.trendyol.model import Package

MAX_FILE = 10 * 1024 * 1024


async def link(call: Call) -> web.Response:
    """POST seller-invoice-links: 201, or 409 when package or link is taken."""
    body = await call.json_object()
    text = of_text(body, "invoiceLink")
    if urlsplit(text).scheme not in ("http", "https"):
        raise bad_request("invalid.request", "invoiceLink must be a URL")
    package = _package(call, of_number(body, "shipmentPackageId"))
    if call.world.packages.of_link(call.seller, text) is not None:
        _conflict(call, package, "The link is used already")
    return _put(call, package, text)


async def file(call: Call) -> web.Response:
    """POST seller-invoice-file: multipart with `shipmentPackageId` and `file`."""
    if not call.request.content_type.startswith("multipart/"):
        raise ApiError(415, "unsupported.media.type", "Send multipart/form-data")
    number, size = None, 0
    async for part in await call.request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        if part.name == "file":
            size = len(await part.read())
        elif part.name == "shipmentPackageId":
            number = await part.text()
    if not 0 < size <= MAX_FILE:
        raise bad_request("invalid.request", "file must hold 1 byte to 10 MB")
    package = _package(call, int(number) if number and number.isdigit() else None)
    return _put(call, package, f"https://cdn.example/invoices/{package.package_id}.pdf")


def _put(call: Call, package: Package, text: str) -> web.Response:
    if package.invoice_link:
        _conflict(call, package, "The package has an invoice already")
    package.invoice_link = text
    call.world.packages.touch(package, now_ms())
    wrote(call, package, "invoice", "applied")
    return web.Response(status=201)


def _conflict(call: Call, package: Package, text: str) -> None:
    wrote(call, package, "invoice", "refused")
    raise ApiError(409, "invoice.already.exists", text)


def _package(call: Call, number: object) -> Package:
    package = None
    if type(number) is int and call.home:
        package = call.world.packages.get(call.seller, number)
    if package is None:
        raise ApiError(404, "shipment.package.not.found")
    return package
