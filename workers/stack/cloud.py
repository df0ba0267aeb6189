"""AWS's part of the embedded stack, where a channel's marketplace writes to queues of ours.

Which channels those are, the registry says (`ingress`); which queues, their accounts' options;
which folders of a bucket, their sandbox.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from channels.ingress import IngressPackage, ingress
from channels.registry import package, rows
from workers.stack.sandboxes import DemoAccount, DemoChannel

NOTIFICATION_HANDLER: Final = "bridge.aws.notifications.handler"
FILE_HANDLER: Final = "bridge.aws.objects.handler"
OWNER: Final = "123456789012"
"""The AWS account that the stand-in has."""
VISIBILITY_S: Final = 60
TIMEOUT_S: Final = 10
"""A sixth of the visibility, as in production."""


@dataclass(frozen=True)
class _Written:
    """A channel with a queue."""

    channel: DemoChannel
    module: str
    package: IngressPackage

    @property
    def files(self) -> str:
        """The queue that hears of new files."""
        return f"souk-{self.channel.name}-files"

    @property
    def claims(self) -> str:
        return f"souk-{self.channel.name}-claims"

    @property
    def queues(self) -> list[str]:
        arns = {self.package.queue_of(self.options(a)) for a in self.channel.accounts}
        return sorted(arn.rpartition(":")[2] for arn in arns if arn)

    @property
    def buckets(self) -> list[str]:
        paths = [path for account in self.channel.accounts for path in account.objects]
        return sorted({path.removeprefix("s3://").partition("/")[0] for path in paths})

    def options(self, account: DemoAccount) -> Any:
        return package(self.channel.name).AccountOptions(**account.options)


class Cloud:
    """What AWS is to have for these channels, and what its functions are told."""

    def __init__(self, channels: Sequence[DemoChannel], port: int) -> None:
        known = rows()
        self.endpoint = f"http://127.0.0.1:{port}"
        self._written = [
            _Written(channel, known[channel.name].ingress, ingress(channel.name))
            for channel in channels
            if known[channel.name].ingress
        ]

    def declaration(self) -> str:
        """Queues and buckets, as `sandbox.aws` takes them."""
        queue = {"visibility_timeout_s": VISIBILITY_S}
        queues, buckets = [], []
        for written in self._written:
            senders = [written.package.SENDER]
            queues += [{"name": name, "senders": senders, **queue} for name in written.queues]
            queues.append({"name": written.files, **queue})
            buckets += [{"name": b, "created_to": written.files} for b in written.buckets]
            buckets.append({"name": written.claims})
        return json.dumps({"queues": queues, "buckets": buckets}, indent=1)

    def functions(self, bus: str) -> str:
        """The functions with their queues, as `sandbox.aws.poller` takes them."""
        found = []
        for written in self._written:
            for queue in written.queues:
                found.append(self._function(written, queue, NOTIFICATION_HANDLER, bus))
            found.append(self._function(written, written.files, FILE_HANDLER, bus))
        return json.dumps({"functions": found}, indent=1)

    def settings(self) -> dict[str, Any]:
        """The part `aws` of the settings file."""
        names = [name for w in self._written for name in (*w.queues, w.files)]
        return {
            "endpoint": self.endpoint,
            "region": "eu-west-1",
            "queues": [
                {"url": self._url(name), "dead_letters_url": self._url(f"{name}-dlq")}
                for name in names
            ],
        }

    def _function(self, written: _Written, queue: str, handler: str, bus: str) -> dict[str, Any]:
        config = {
            "channel": written.channel.name,
            "reader": written.module,
            "accounts": [
                {
                    "account": account.account,
                    "owner": written.package.owner_of(written.options(account)),
                    "objects": account.objects,
                }
                for account in written.channel.accounts
            ],
            "dead_letters": self._url(f"{queue}-dlq"),
            "claims_bucket": written.claims,
            "endpoint": self.endpoint,
            "region": "eu-west-1",
        }
        return {
            "name": queue,
            "handler": handler,
            "queue": queue,
            "timeout_s": TIMEOUT_S,
            "environment": {
                "SOUK_INGRESS": json.dumps(config),
                "SOUK_BUS__CONNECTION_STRING": bus,
            },
        }

    def _url(self, queue: str) -> str:
        return f"{self.endpoint}/{OWNER}/{queue}"
