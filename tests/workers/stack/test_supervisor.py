"""Parts are started, restarted and ended, and never outlive whoever started them."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from tests.fixtures.waiting import eventually
from workers.stack.child import StartError
from workers.stack.folder import DataFolder, FolderInUseError
from workers.stack.part import Part
from workers.stack.supervisor import Supervisor

READY = 'import sys, time; print(\'{"event": "ready"}\', flush=True); '
SLEEPS = READY + "time.sleep(600)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEPS


def part(script: str, within_s: float = 10.0) -> Part:
    """A toy that starts and stops within this time, or is given up."""
    within = timedelta(seconds=within_s)
    argv = (sys.executable, "-c", script)
    return Part("toy", "Toy", argv, "ready", starts_within=within, stops_within=within)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    made = DataFolder(tmp_path)
    made.logs.mkdir()
    return made


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
async def supervisor(folder: DataFolder, lines: list[str]) -> AsyncIterator[Supervisor]:
    made = Supervisor(folder, lines.append)
    yield made
    await made.end()


def is_alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


async def gone(pid: int) -> None:
    async def looked() -> bool | None:
        return None if is_alive(pid) else True

    await eventually(looked, within_s=10)


async def test_says_when_a_part_is_ready(supervisor: Supervisor, lines: list[str]) -> None:
    await supervisor.start([part(SLEEPS)])
    assert lines[0].startswith("Toy ready ")


async def test_a_part_that_ends_at_its_start_gets_a_second_try_with_a_line(
    supervisor: Supervisor, lines: list[str], tmp_path: Path
) -> None:
    tried = tmp_path / "tried"
    fails_once = (
        f"import pathlib, sys; tried = pathlib.Path({str(tried)!r}); first = not tried.exists();"
        " tried.touch(); first and sys.exit('no port'); "
    )
    await supervisor.start([part(fails_once + SLEEPS)])
    assert "no port" in lines[0] and "Toy is started once more." in lines[0]
    assert lines[1].startswith("Toy ready ")
    assert supervisor.restarts == 0


async def test_a_crashed_part_is_restarted_with_a_line(
    supervisor: Supervisor, lines: list[str]
) -> None:
    await supervisor.start([part(SLEEPS)])
    child = supervisor.child("toy")
    first = child.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)

    async def ready_again() -> bool | None:
        return True if len(lines) == 3 else None

    await eventually(ready_again, within_s=10)
    assert "Toy ended by itself (code -9)" in lines[1]
    assert child.running and child.pid != first
    assert supervisor.restarts == 1


async def test_a_killed_part_stays_down_until_it_is_revived(supervisor: Supervisor) -> None:
    await supervisor.start([part(SLEEPS)])
    await supervisor.kill("toy")
    assert not supervisor.child("toy").running
    await supervisor.revive("toy")
    assert supervisor.child("toy").running
    assert supervisor.restarts == 0


async def test_the_last_lines_tell_why_a_part_did_not_start(supervisor: Supervisor) -> None:
    with pytest.raises(StartError, match=r"Toy ended \(code 3\)(.|\n)*no licence"):
        await supervisor.start([part("import sys; print('no licence'); sys.exit(3)")])


async def test_a_part_that_is_never_ready_is_given_up(supervisor: Supervisor) -> None:
    slow = part("import time; time.sleep(600)", within_s=0.3)
    with pytest.raises(StartError, match="not ready within"):
        await supervisor.start([slow])


async def test_who_does_not_end_when_asked_is_killed_in_time(supervisor: Supervisor) -> None:
    await supervisor.start([part(STUBBORN, within_s=0.5)])
    pid = supervisor.child("toy").pid
    assert pid is not None
    async with asyncio.timeout(5):
        await supervisor.end()
    await gone(pid)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs PR_SET_PDEATHSIG")
async def test_no_part_outlives_a_killed_starter(tmp_path: Path) -> None:
    starter = f"""
import asyncio, sys
from pathlib import Path
from workers.stack.child import Child
from workers.stack.part import Part
async def main():
    script = {SLEEPS!r}
    child = Child(Part("toy", "Toy", (sys.executable, "-c", script), ready_event="ready"),
                  Path({str(tmp_path / "toy.log")!r}))
    await child.start()
    print(child.pid, flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", starter, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    pid = int(await process.stdout.readline())
    assert is_alive(pid)
    process.kill()
    await process.wait()
    await gone(pid)


def test_a_folder_serves_one_at_a_time(tmp_path: Path) -> None:
    in_use = pytest.raises(FolderInUseError, match=f"in use by process {os.getpid()}")
    with DataFolder(tmp_path).taken(), in_use, DataFolder(tmp_path).taken():
        pass
    with DataFolder(tmp_path).taken():
        pass


def test_files_with_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    path = DataFolder(tmp_path).write_private("souk.yaml", "key: secret")
    assert path.stat().st_mode & 0o777 == 0o600
