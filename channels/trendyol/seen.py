"""Whether an action was applied, told from what the order's packages look like now. Pure."""

from collections import Counter
from collections.abc import Sequence
from typing import assert_never

from canonical.actions import (
    AcceptParcel,
    AttachInvoice,
    CancelLines,
    ChangeCarrier,
    DeliverOtherwise,
    ReadyParcel,
    ShipParcel,
    SplitParcel,
)
from canonical.states import DEAD, SHIPPED_OR_BEYOND, ParcelState
from channels.port import Seen
from channels.trendyol.mapping import is_successor, state_of
from channels.trendyol.requests import ParcelAction
from channels.trendyol.wire import Package

_READY = SHIPPED_OR_BEYOND | {ParcelState.READY}
_ACCEPTED = _READY | {ParcelState.ACCEPTED}
_LINE_IS_GONE = frozenset({"unsupplied", "cancelled"})


def seen(action: ParcelAction, packages: Sequence[Package]) -> Seen:
    """Judges one action by all packages of its order."""
    package = next((p for p in packages if p.package_id == action.parcel_id), None)
    if package is None:
        return Seen.UNCLEAR
    match action:
        case AcceptParcel():
            return _reached(package, _ACCEPTED)
        case ReadyParcel():
            mine, theirs = action.invoice_number, package.invoice_number
            if state_of(package.status) is ParcelState.READY and mine and theirs not in ("", mine):
                return Seen.UNCLEAR
            return _reached(package, _READY)
        case CancelLines():
            return _cancelled(action, package, packages)
        case ShipParcel():
            return _tracked(action, package)
        case SplitParcel():
            return _replaced(package)
        case ChangeCarrier():
            return _carried(action, package)
        case AttachInvoice():
            return Seen.APPLIED if package.invoice_link == action.link else Seen.NOT_APPLIED
        case DeliverOtherwise():
            return _reached(package, SHIPPED_OR_BEYOND)
        case _:
            assert_never(action)


def _reached(package: Package, goal: frozenset[ParcelState]) -> Seen:
    """A package that went past the goal has been there, even if it is dead by now."""
    state = state_of(package.status)
    if state in goal or any(state_of(h.status) in goal for h in package.histories):
        return Seen.APPLIED
    return Seen.UNCLEAR if state is ParcelState.UNKNOWN else Seen.NOT_APPLIED


def _tracked(action: ShipParcel, package: Package) -> Seen:
    if package.sender_number == action.tracking_number:
        return Seen.APPLIED
    told = state_of(package.status) in SHIPPED_OR_BEYOND | {ParcelState.UNKNOWN}
    return Seen.UNCLEAR if told else Seen.NOT_APPLIED


def _replaced(package: Package) -> Seen:
    """A split is carried out some time after its answer; a second one then meets a dead package."""
    state = state_of(package.status)
    if state in DEAD:
        return Seen.APPLIED
    return Seen.UNCLEAR if state is ParcelState.UNKNOWN else Seen.NOT_APPLIED


def _carried(action: ChangeCarrier, package: Package) -> Seen:
    """Codes and names of carriers differ in spelling at most; to set one twice does no harm."""
    there, wanted = _bare(package.carrier), _bare(action.carrier)
    return Seen.APPLIED if there and there == wanted else Seen.NOT_APPLIED


def _bare(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


def _cancelled(action: CancelLines, package: Package, packages: Sequence[Package]) -> Seen:
    wanted = {line.line_id: line.quantity for line in action.lines}
    gone = {x.line_id for x in package.lines if x.status.casefold() in _LINE_IS_GONE}
    state = state_of(package.status)
    if state not in DEAD:
        if wanted and wanted.keys() <= gone:
            return Seen.APPLIED
        return Seen.UNCLEAR if state is ParcelState.UNKNOWN else Seen.NOT_APPLIED
    # The package is dead: its rest lives on in successors, whose line ids may be new.
    before, less = Counter[str](), Counter[str]()
    for line in package.lines:
        before[line.barcode] += line.quantity
        less[line.barcode] += wanted.get(line.line_id, 0)
    left = Counter[str]()
    for other in packages:
        if is_successor(other) and state_of(other.status) not in DEAD:
            for line in other.lines:
                left[line.barcode] += line.quantity
    if state is ParcelState.REPLACED and not left:
        return Seen.UNCLEAR
    fits = all(
        left[barcode] <= before[barcode] - less[barcode] for barcode in less if less[barcode]
    )
    return Seen.APPLIED if fits else Seen.UNCLEAR
