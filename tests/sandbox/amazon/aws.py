"""A running moto, and what comes to a queue of it."""

import asyncio
import json
import socket
import sys
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

import aiohttp
import boto3

from tests.sandbox.amazon.models import check_notification
from tests.sandbox.amazon.waiting import eventually

REGION = "eu-west-1"
AWS_ACCOUNT = "123456789012"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::437568002678:root"},
            "Action": ["sqs:SendMessage", "sqs:GetQueueAttributes"],
            "Resource": "*",
        }
    ],
}


@dataclass
class Aws:
    """moto's server in a process of its own."""

    process: asyncio.subprocess.Process
    url: str

    @classmethod
    async def start(cls) -> Self:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        aws = cls(process, f"http://127.0.0.1:{port}")
        await eventually(aws._answers, 20)
        return aws

    async def _answers(self) -> bool:
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"{self.url}/moto-api/data.json") as answer,
            ):
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    async def queue(self, policy: object = POLICY, name: str = "") -> "Queue":
        name = name or f"q-{uuid.uuid4().hex[:12]}"
        attributes = {"Policy": json.dumps(policy)} if policy else {}
        if name.endswith(".fifo"):
            attributes["FifoQueue"] = "true"
        client = self.client("sqs")
        made = await asyncio.to_thread(client.create_queue, QueueName=name, Attributes=attributes)
        return Queue(client, made["QueueUrl"], f"arn:aws:sqs:{REGION}:{AWS_ACCOUNT}:{name}")

    async def stop(self) -> None:
        self.process.terminate()
        await asyncio.wait_for(self.process.wait(), 10)


@dataclass
class Queue:
    """A queue, and everything that came to it so far; each is held against Amazon's schema."""

    client: Any
    url: str
    arn: str
    bodies: list[Any] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    async def poll(self) -> list[Any]:
        answer = await asyncio.to_thread(
            self.client.receive_message, QueueUrl=self.url, MaxNumberOfMessages=10
        )
        for message in answer.get("Messages", []):
            self.texts.append(message["Body"])
            await asyncio.to_thread(
                self.client.delete_message,
                QueueUrl=self.url,
                ReceiptHandle=message["ReceiptHandle"],
            )
            if message["Body"].startswith("{"):
                body = json.loads(message["Body"])
                check_notification(body)
                self.bodies.append(body)
        return self.bodies

    async def has(self, wanted: Callable[[list[Any]], Any], seconds: float = 10.0) -> Any:
        async def look() -> Any:
            return wanted(await self.poll())

        return await eventually(look, seconds)

    def orders(self, order_id: str) -> list[Any]:
        """Order changes of one order, in the order of their arrival."""
        changes = [
            body["Payload"]["OrderChangeNotification"]
            for body in self.bodies
            if body.get("NotificationType") == "ORDER_CHANGE"
        ]
        return [each for each in changes if each["AmazonOrderId"] == order_id]
