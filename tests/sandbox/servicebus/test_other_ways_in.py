"""The sync client, other credentials, tokens that run out."""

import asyncio

import pytest
from azure.core.credentials import AzureNamedKeyCredential, AzureSasCredential
from azure.servicebus import NEXT_AVAILABLE_SESSION, ServiceBusClient, ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient as AsyncClient
from azure.servicebus.exceptions import ServiceBusAuthenticationError

from tests.sandbox.servicebus.credentials import NAME, Signed, Unsigned, signature
from tests.sandbox.servicebus.program import KEY, Program


async def test_the_sync_client(program: Program) -> None:
    def use() -> None:
        with (
            ServiceBusClient.from_connection_string(program.connection_string()) as client,
            client.get_queue_sender("sync") as sender,
            client.get_queue_receiver("sync", max_wait_time=5) as receiver,
        ):
            sender.send_messages([ServiceBusMessage("a"), ServiceBusMessage("b")])
            first = next(receiver)
            assert str(first) == "a"
            receiver.renew_message_lock(first)
            receiver.complete_message(first)
            (second,) = receiver.receive_messages(1)
            receiver.defer_message(second)
            (again,) = receiver.receive_deferred_messages([second.sequence_number or 0])
            receiver.complete_message(again)
            sender.send_messages(ServiceBusMessage("s"))
            receiver.dead_letter_message(receiver.receive_messages(1)[0], reason="r")
            with client.get_queue_sender("sync-sessions") as to_session:
                to_session.send_messages(ServiceBusMessage("x", session_id="one"))
            with client.get_queue_receiver(
                "sync-sessions", session_id=NEXT_AVAILABLE_SESSION, max_wait_time=5
            ) as session:
                session.session.set_state("s")
                assert session.session.get_state() == b"s"
                (message,) = session.receive_messages(1)
                session.complete_message(message)

    await asyncio.to_thread(use)
    figures = await program.queue("sync")
    assert (figures["active"], figures["dead_lettered"]) == (0, 1)


async def test_credentials(program: Program) -> None:
    host = f"localhost:{program.port}"
    token = signature(f"sb://{host}/idle-credentials", 60)
    for credential in (AzureNamedKeyCredential(NAME, KEY), AzureSasCredential(token)):
        async with (
            AsyncClient(host, credential, use_tls=False, retry_total=0) as client,
            client.get_queue_sender("idle-credentials") as sender,
        ):
            await sender.send_messages(ServiceBusMessage("in"))


async def test_tokens_that_open_nothing(program: Program) -> None:
    host = f"localhost:{program.port}"
    refused = (
        Unsigned(),
        Signed(f"sb://{host}/another", 60),
        Signed(f"sb://{host}/idle", -60),
        Signed(f"sb://{host}/idle", 60, key="wrong"),
        Signed(f"sb://{host}/idle", 60, name="nobody"),
    )

    async def use(credential: Signed | Unsigned) -> None:
        async with AsyncClient(host, credential, use_tls=False, retry_total=0) as client:
            with pytest.raises(ServiceBusAuthenticationError):
                await client.get_queue_sender("idle").__aenter__()

    await asyncio.gather(*(use(credential) for credential in refused))
