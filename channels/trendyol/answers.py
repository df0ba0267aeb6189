"""Answering claims: approve, or reject with one of Trendyol's reasons.

Source: developers.trendyol.com, "Approve returned orders" and "Create a rejection request on
returned orders". Both are possible while a claim waits for action, which it does for 48 hours.
"""

import json
from dataclasses import replace

from pydantic import TypeAdapter, ValidationError

from canonical.actions import AnswerReturn
from canonical.returns import ReturnState
from channels import jsontext
from channels.errors import RefusedError
from channels.http import HttpClient, Request, path_of
from channels.port import Seen
from channels.trendyol import quotas
from channels.trendyol.abilities import CHANNEL
from channels.trendyol.claims import ClaimReader
from channels.trendyol.claims_mapping import state_of_item
from channels.trendyol.claims_wire import Claim, IssueReason, read_claim
from channels.trendyol.evidence import EvidenceFetcher, as_form, sent_along
from channels.trendyol.options import AccountOptions
from channels.wiretypes import contract_error, problems_of

NO_FILE_NEEDED = frozenset({"1651", "451", "2101"})
"""Reasons for which no document is asked; all others need one."""
NOTE_LIMIT = 500
_REASONS: TypeAdapter[list[IssueReason]] = TypeAdapter(list[IssueReason])
_DISPUTED = frozenset({ReturnState.REJECTED, ReturnState.IN_DISPUTE})


class ReturnAnswerer:
    """Answers one account's claims."""

    def __init__(
        self,
        http: HttpClient,
        account: str,
        options: AccountOptions,
        reader: ClaimReader,
        evidence: EvidenceFetcher,
    ) -> None:
        self._http = http
        self._account = account
        self._options = options
        self._reader = reader
        self._evidence = evidence

    async def answer(self, action: AnswerReturn) -> None:
        """Sends an answer.

        Raises:
            RefusedError: Trendyol said no, the reason is none of its own, or a document that the
                reason needs is missing.
            AmbiguousError: It was sent, and no answer tells.
        """
        if action.answer == "approve":
            await self._http.send(self._approval(action))
        else:
            await self._http.send(await self._rejection(action))

    async def seen(self, action: AnswerReturn) -> Seen:
        """Reads the claim and tells whether the answer stands."""
        event = await self._reader.one(action.return_id, action.order_id)
        if event is None:
            return Seen.UNCLEAR
        states = _states(read_claim(event.body, self._account), action.item_ids)
        if not states or None in states:
            return Seen.UNCLEAR
        wanted = {ReturnState.ACCEPTED} if action.answer == "approve" else _DISPUTED
        if states <= wanted:
            return Seen.APPLIED
        return Seen.NOT_APPLIED if states == {ReturnState.WAITING_FOR_ANSWER} else Seen.UNCLEAR

    def _approval(self, action: AnswerReturn) -> Request:
        body = {"claimLineItemIdList": list(action.item_ids), "params": {}}
        path = self._path(action.return_id, "items", "approve")
        request = Request(
            quotas.CLAIM_APPROVE, "PUT", path, body=json.dumps(body).encode(), repeatable=False
        )
        return replace(request, urgent=True, order_id=action.order_id)

    async def _rejection(self, action: AnswerReturn) -> Request:
        reason = await self._reason(action)
        query = {
            "claimIssueReasonId": reason.reason_id,
            "claimItemIdList": ",".join(action.item_ids),
            "description": action.note[:NOTE_LIMIT],
        }
        request = Request(
            quotas.CLAIM_REJECT,
            "POST",
            self._path(action.return_id, "issue"),
            query,
            repeatable=False,
            urgent=True,
            order_id=action.order_id,
        )
        if action.evidence is not None:
            headers, body = as_form(sent_along(action.evidence))
            return replace(request, headers=headers, body=body)
        if not action.evidence_link:
            if reason.reason_id not in NO_FILE_NEEDED:
                raise self._refused(
                    action,
                    f"reason {reason.reason_id} ({reason.name}) needs a document",
                    "Send `answer_return` again with `evidence`, or with `evidence_link`.",
                )
            return request
        document = await self._evidence.fetch(action)
        headers, body = as_form(document)
        return replace(request, headers=headers, body=body)

    async def _reason(self, action: AnswerReturn) -> IssueReason:
        """By its id or its name. The list changes, so that it is read each time."""
        response = await self._http.send(
            Request(quotas.CLAIM_REASONS, "GET", path_of("order", "claim-issue-reasons"))
        )
        try:
            reasons = _REASONS.validate_python(jsontext.parse(response.body))
        except jsontext.NotJsonError as e:
            raise self._unreadable([("", str(e))]) from None
        except ValidationError as e:
            raise self._unreadable(problems_of(e)) from None
        wanted = action.reason.strip().casefold()
        for reason in reasons:
            if wanted in (reason.reason_id.casefold(), reason.name.strip().casefold()):
                return reason
        known = ", ".join(f"{r.reason_id} ({r.name})" for r in reasons)
        raise self._refused(
            action,
            f"{action.reason!r} is none of Trendyol's reasons for a rejection",
            f"Send `answer_return` again with one of: {known}.",
        )

    def _unreadable(self, problems: list[tuple[str, str]]) -> Exception:
        return contract_error(CHANNEL, self._account, quotas.CLAIM_REASONS, problems)

    def _refused(self, action: AnswerReturn, what: str, hint: str) -> RefusedError:
        return RefusedError(
            CHANNEL,
            self._account,
            quotas.CLAIM_REJECT,
            what,
            action.order_id,
            hint,
            code="claim.answer.incomplete",
        )

    def _path(self, claim_id: str, *below: str) -> str:
        seller = self._options.seller_id
        return path_of("order", "sellers", seller, "claims", claim_id, *below)


def _states(claim: Claim, item_ids: tuple[str, ...]) -> set[ReturnState | None]:
    """Of the items in question; None for one that the claim does not name."""
    by_id = {i.item_id: state_of_item(i.status.name) for e in claim.entries for i in e.items}
    return {by_id.get(item_id) for item_id in item_ids}
