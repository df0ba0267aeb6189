"""SQS and S3 (moto's), and the event source with the very handlers in processes."""

import asyncio
import json
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from sandbox.aws.resources import client
from workers.stack.tied import tied_to_this_process

CHANNEL = "amazon"
SELLERS = {"riyadh": "A2KSATESTSELLR", "jeddah": "A3KSATESTSELLR"}
NOTIFICATIONS = "notifications"
FILES = "files"
DOCUMENTS = "souk-documents"
CLAIMS = "souk-claims"
VISIBILITY_S = 6
NOTIFICATION_HANDLER = "bridge.aws.notifications.handler"
FILE_HANDLER = "bridge.aws.objects.handler"


def declaration(**queue: Any) -> dict[str, Any]:
    """Queues and buckets of the tests."""
    facts = {"visibility_timeout_s": VISIBILITY_S, "max_receive_count": 50, **queue}
    return {
        "queues": [
            {"name": NOTIFICATIONS, "senders": ["437568002678"], **facts},
            {"name": FILES, **facts},
        ],
        "buckets": [
            {"name": DOCUMENTS, "created_to": FILES},
            {"name": CLAIMS},
        ],
    }


@dataclass
class Child:
    """A program of ours that prints a line of JSON once it can be used."""

    name: str
    argv: tuple[str, ...]
    folder: Path
    said: dict[str, Any] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> Self:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            *self.argv,
            stdout=asyncio.subprocess.PIPE,
            stderr=self.log.open("ab"),
            preexec_fn=tied_to_this_process(),  # a test that fails leaves nothing behind
        )
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), 40)
        assert line, self.log.read_text()[-4000:]
        self.said = json.loads(line)
        return self

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    def logged(self, event: str) -> list[dict[str, Any]]:
        """The JSON lines of the functions with this message."""
        found = []
        for line in self.log.read_text(encoding="utf-8").splitlines():
            if line.startswith("{"):
                said = json.loads(line)
                if said.get("message") == event:
                    found.append(said)
        return found

    async def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(self.process.wait(), 20)


@dataclass
class Cloud:
    """SQS and S3."""

    child: Child
    url: str

    @classmethod
    async def start(cls, folder: Path, declared: dict[str, Any]) -> Self:
        config = folder / "aws.json"
        config.write_text(json.dumps(declared))
        child = Child("aws", ("-m", "sandbox.aws", "--config", str(config)), folder)
        await child.start()
        return cls(child, f"http://127.0.0.1:{child.said['port']}")

    def client(self, service: str) -> Any:
        return client(service, self.url)

    def queue_url(self, name: str) -> str:
        url: str = self.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]
        return url

    async def send(self, queue: str, *bodies: str) -> None:
        """Puts messages on a queue, as a marketplace would."""
        sqs, url = self.client("sqs"), self.queue_url(queue)

        def all_of_them() -> None:
            for body in bodies:
                sqs.send_message(QueueUrl=url, MessageBody=body)

        await asyncio.to_thread(all_of_them)

    async def put(self, key: str, body: bytes, bucket: str = DOCUMENTS) -> None:
        """Puts a file into a bucket."""
        s3 = self.client("s3")
        await asyncio.to_thread(s3.put_object, Bucket=bucket, Key=key, Body=body)

    def count(self, queue: str) -> int:
        """Messages of a queue, those in flight too."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.client("sqs").get_queue_attributes(
            QueueUrl=self.queue_url(queue), AttributeNames=names
        )["Attributes"]
        return sum(int(found[name]) for name in names)

    async def empty(self, queue: str, seconds: float = 20) -> None:
        """Waits until a queue has nothing left, not even in flight."""
        await eventually(lambda: self.count(queue) == 0, seconds)

    async def dead(self, queue: str, count: int, seconds: float = 20) -> None:
        """Waits until a queue has so many dead letters."""
        await eventually(lambda: self.count(f"{queue}-dlq") == count, seconds)

    async def letters(self, queue: str, count: int) -> dict[str, dict[str, str]]:
        """Takes so many dead letters out: the attributes of each by its body."""
        await self.dead(queue, count)
        sqs, url = self.client("sqs"), self.queue_url(f"{queue}-dlq")
        found: dict[str, dict[str, str]] = {}

        def page() -> bool:
            for letter in sqs.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
            ).get("Messages", []):
                said = letter.get("MessageAttributes", {})
                found[letter["Body"]] = {k: v["StringValue"] for k, v in said.items()}
                sqs.delete_message(QueueUrl=url, ReceiptHandle=letter["ReceiptHandle"])
            return len(found) == count

        await eventually(page)
        return found


def environment(cloud: Cloud, bus: str, queue: str = NOTIFICATIONS) -> dict[str, str]:
    """What a function is told."""
    config = {
        "channel": CHANNEL,
        "reader": "channels.amazon.ingress",
        "accounts": [
            {
                "account": name,
                "owner": seller,
                "subscriptions": [f"sub-{name}"],
                "objects": [f"s3://{DOCUMENTS}/amazon/{name}/"],
            }
            for name, seller in SELLERS.items()
        ],
        "dead_letters": cloud.queue_url(f"{queue}-dlq"),
        "claims_bucket": CLAIMS,
        "endpoint": cloud.url,
        "region": "eu-west-1",
        "give_up_after": 2,
    }
    return {"SOUK_INGRESS": json.dumps(config), "SOUK_BUS__CONNECTION_STRING": bus}


def functions(cloud: Cloud, bus: str, **more: Any) -> dict[str, Any]:
    """Both functions with their queues."""
    return {
        "functions": [
            {
                "name": queue,
                "handler": handler,
                "queue": queue,
                "timeout_s": VISIBILITY_S,
                "environment": environment(cloud, bus, queue),
                **more,
            }
            for queue, handler in ((NOTIFICATIONS, NOTIFICATION_HANDLER), (FILES, FILE_HANDLER))
        ]
    }


async def polling(cloud: Cloud, folder: Path, declared: dict[str, Any], *options: str) -> Child:
    """Starts the event source."""
    config = folder / "functions.json"
    config.write_text(json.dumps(declared))
    argv = ("-m", "sandbox.aws.poller", "--endpoint", cloud.url, "--config", str(config), *options)
    return await Child("poller", argv, folder).start()


async def eventually(check: Callable[[], Any], seconds: float = 10.0) -> Any:
    """Waits until the check gives something true and gives that back."""
    end = time.monotonic() + seconds
    while True:
        found = await asyncio.to_thread(check)
        if found:
            return found
        assert time.monotonic() < end, f"not within {seconds} s"
        await asyncio.sleep(0.02)
