"""A million messages, ten thousand connections: slow, and bounded."""

import asyncio
import resource
from pathlib import Path

import pytest

from tests.sandbox.servicebus.program import Program
from tests.sandbox.servicebus.wire import Wire, batch, message

MILLION = 1_000_000
CONNECTIONS = 10_000


def resident(program: Program) -> int:
    """Bytes of memory that the broker holds (proc(5), statm)."""
    assert program.process is not None
    pages = int(Path(f"/proc/{program.process.pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize()


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_a_million_messages_in_bounded_memory(tmp_path: Path) -> None:
    program = await Program({"queues": {"q": {"lock_duration": "PT5M"}}}, tmp_path).start()
    wire = await Wire.connect(program.port)
    handle = await wire.sender("q")
    at_rest = resident(program)
    for number in range(MILLION // 1000):
        names = [message(b"%d" % (number * 1000 + part), "id") for part in range(1000)]
        sent = wire.send(handle, batch(names), batched=True)
        await wire.answered(sent - 4)
    await wire.outcome(sent, 60)
    assert (await program.queue("q"))["active"] == MILLION
    assert resident(program) - at_rest < 100 * 1024 * 1024, resident(program)
    await wire.close()
    await program.kill()
    await program.start()
    assert (await program.queue("q"))["active"] == MILLION
    wire = await Wire.connect(program.port)
    handle = await wire.receiver("q", 2000, delete=True)
    done = 0
    while done < MILLION:
        await wire.until(lambda: bool(wire.received))
        for received in wire.received:
            assert received.body == b"%d" % done
            done += 1
        wire.received.clear()
        wire.credit(handle, 2000, done)
    assert resident(program) < 250 * 1024 * 1024, resident(program)
    await wire.close()
    await program.stop()


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_ten_thousand_connections(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < CONNECTIONS + 500:
        pytest.skip(f"this machine allows {hard} open files; {CONNECTIONS + 500} are needed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    program = await Program({"queues": {"q": {}}}, tmp_path).start()
    wires: list[Wire] = []
    try:
        while len(wires) < CONNECTIONS:
            wires += await asyncio.gather(*(Wire.connect(program.port) for _ in range(250)))
        receivers = wires[::100]
        for wire in receivers:
            await wire.receiver("q", 1, delete=True)
        sender = wires[1]
        handle = await sender.sender("q")
        for number in range(len(receivers)):
            await sender.outcome(sender.send(handle, message(b"%d" % number)))
        await asyncio.gather(*(wire.until(lambda w=wire: w.received) for wire in receivers))
        assert resident(program) < 1024 * 1024 * 1024
    finally:
        for wire in wires:
            wire.transport.abort()
        await program.stop()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
