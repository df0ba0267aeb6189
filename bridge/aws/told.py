"""What a marketplace's message tells, as an event of the account that it is for."""

from collections.abc import Sequence

from bridge.aws.config import IngressAccount, IngressConfig
from bridge.aws.record import CONTRACT, UNKNOWN_ACCOUNT, PoisonError, QueueRecord
from canonical.envelope import InboundEvent, Source
from channels.errors import ContractError
from channels.ingress import Told, load


class ToldReader:
    """Reads messages by the channel's own reader."""

    def __init__(self, config: IngressConfig) -> None:
        self._channel = config.channel
        self._read = load(config.reader).read_message
        self._by_owner = {a.owner: a for a in config.accounts if a.owner}
        self._by_subscription = {s: a for a in config.accounts for s in a.subscriptions}

    def events(self, record: QueueRecord) -> Sequence[InboundEvent]:
        """The one event of a message.

        Raises:
            PoisonError: It does not fit, or is not of an account of ours.
        """
        body = record.body.encode("utf-8", "surrogatepass")
        try:
            told = self._read(body)
        except ContractError as error:
            raise PoisonError(
                CONTRACT, error.message, channel=self._channel, order_id=error.order_id or ""
            ) from error
        account = self._account(told)
        return (
            InboundEvent(
                channel=self._channel,
                account=account.account,
                event_id=told.event_id,
                order_id=told.order_id,
                subject=told.subject,
                source=Source.QUEUE,
                received_at=record.received_at,
                correlation_id=record.correlation_id,
                body=body,
            ),
        )

    def _account(self, told: Told) -> IngressAccount:
        """By the seller it names; only where it names none by its subscription."""
        by, name, whose = self._by_owner, told.owner, "seller"
        if not told.owner:
            by, name, whose = self._by_subscription, told.subscription, "subscription"
        account = by.get(name)
        if account is None:
            known = ", ".join(sorted(by)) or "none"
            raise PoisonError(
                UNKNOWN_ACCOUNT,
                f"{told.kind} is of {whose} {name or 'unnamed'}; configured here: {known}. Add the"
                " account to the function's configuration, or end the subscription, then replay.",
                channel=self._channel,
                event_id=told.event_id,
                order_id=told.order_id or "",
            )
        return account
