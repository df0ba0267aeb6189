"""Keys by the command line: made, added, activated; nobody seals with what others lack."""

import asyncio
import stat
from pathlib import Path

import pytest

from store import SealError
from store.sealing_ring import KeyRing, read_keys, write_keys
from tests.fixtures.command import Said, souk

CANARY = "نورة".encode()


async def keys(file: Path, *words: str) -> Said:
    return await souk("keys", *words, "--file", str(file))


async def test_a_rotation_in_two_halves_is_read_by_every_copy_at_any_time(tmp_path: Path) -> None:
    """Two machines with a copy each, the second always behind."""
    here, there = tmp_path / "here.json", tmp_path / "there.json"
    assert (await keys(here, "rotate")).code == 0
    first = read_keys(here)
    write_keys(there, first)
    ours, theirs = KeyRing.of_file(here), KeyRing.of_file(there)

    def both_read() -> None:
        assert theirs.open(ours.seal(CANARY)) == ours.open(theirs.seal(CANARY)) == CANARY

    both_read()
    said = await keys(here, "add")
    assert said.code == 0 and "souk keys activate 2" in said.out
    assert KeyRing.of_file(here).seal(CANARY)[0] == 1
    both_read()
    write_keys(there, read_keys(here))
    both_read()
    said = await keys(here, "activate", "2")
    assert said.code == 0 and "Key 2 seals" in said.out
    assert KeyRing.of_file(here).seal(CANARY)[0] == 2
    assert theirs.open(KeyRing.of_file(here).seal(CANARY)) == CANARY
    both_read()
    write_keys(there, read_keys(here))
    both_read()
    assert read_keys(here).by_id[1] == first.by_id[1], "the old key opens what it sealed"


async def test_in_one_step_a_copy_is_left_behind(tmp_path: Path) -> None:
    """The control of the test above: why there are two halves."""
    here, there = tmp_path / "here.json", tmp_path / "there.json"
    await keys(here, "rotate")
    write_keys(there, read_keys(here))
    await keys(here, "rotate")
    with pytest.raises(SealError, match="key id 02"):
        KeyRing.of_file(there).open(KeyRing.of_file(here).seal(CANARY))


async def test_two_people_at_once_lose_no_key(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    said = await asyncio.gather(*(keys(file, "rotate") for _ in range(4)))
    assert [x.code for x in said] == [0] * 4
    held = read_keys(file)
    assert sorted(held.by_id) == [1, 2, 3, 4] and held.active == 4
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_keys_are_listed_and_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    await keys(file, "rotate")
    await keys(file, "add")
    said = await keys(file, "list", "--json")
    assert said.json == [{"id": 1, "seals": True}, {"id": 2, "seals": False}]
    shown = await keys(file, "list")
    assert "seals and opens" in shown.out
    secrets = file.read_text().split('"')
    assert not [text for text in secrets if len(text) > 40 and text in shown.out + said.out]


async def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    missing = await keys(file, "activate", "1")
    assert missing.code == 2 and "cannot be read" in missing.err
    assert not file.exists(), "a slip makes no keys"
    await keys(file, "add")
    unknown = await keys(file, "activate", "7")
    assert unknown.code == 2 and "no key 7" in unknown.err and "there are: 1" in unknown.err
    nowhere = await keys(tmp_path / "nowhere" / "keys.json", "rotate")
    assert nowhere.code == 2 and "cannot be used" in nowhere.err
