"""Keys seal, open and are rotated while others work."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from store import Plain, SealError
from store.sealing_ring import KeyRing, Keys, new_keys, read_keys, write_keys

CANARY = "نورة القحطاني".encode()


@given(st.binary(max_size=200))
def test_what_is_sealed_opens_again(clear: bytes) -> None:
    ring = KeyRing.of(new_keys())
    assert ring.open(ring.seal(clear)) == clear


def test_nothing_clear_is_left_and_no_two_are_alike() -> None:
    ring = KeyRing.of(new_keys())
    sealed = {ring.seal(CANARY) for _ in range(50)}
    assert len(sealed) == 50
    assert all(CANARY not in one and one[0] == 1 for one in sealed)


def test_after_a_rotation_the_old_opens_and_the_new_seals() -> None:
    old = new_keys()
    before = KeyRing.of(old).seal(CANARY)
    ring = KeyRing.of(old.rotated())
    assert ring.open(before) == CANARY
    assert ring.seal(CANARY)[0] == ring.active == 2


def test_what_was_kept_plainly_is_still_read() -> None:
    assert KeyRing.of(new_keys()).open(Plain().seal(CANARY)) == CANARY


def test_a_changed_byte_a_foreign_key_and_an_unknown_id_are_told_apart() -> None:
    ring = KeyRing.of(new_keys())
    sealed = ring.seal(CANARY)
    for at in (1, 13, len(sealed) - 1):
        changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(SealError, match="does not open"):
            ring.open(changed)
    with pytest.raises(SealError, match="does not open"):
        KeyRing.of(new_keys()).open(sealed)
    with pytest.raises(SealError, match="key id 09"):
        ring.open(b"\x09" + sealed[1:])
    with pytest.raises(SealError, match="none"):
        ring.open(b"")


def test_a_process_learns_a_new_key_from_its_file_at_once(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    write_keys(file, new_keys())
    ours, theirs = KeyRing.of_file(file), KeyRing.of_file(file)
    early = ours.seal(CANARY)
    write_keys(file, read_keys(file).rotated())
    late = KeyRing.of_file(file).seal(CANARY)
    assert (early[0], late[0]) == (1, 2)
    assert theirs.open(late) == theirs.open(early) == CANARY
    assert theirs.seal(CANARY)[0] == 2


def test_a_key_file_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    write_keys(file, new_keys())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_that_vanishes_does_not_stop_who_has_read_it(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    write_keys(file, new_keys())
    ring = KeyRing.of_file(file)
    file.unlink()
    with pytest.raises(SealError, match="key id 07"):
        ring.open(b"\x07abc")
    assert ring.open(ring.seal(CANARY)) == CANARY


def test_a_file_that_is_spoiled_later_is_said_once_and_followed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.sealing_file.LOOK_AGAIN_S", 0.0)
    file = tmp_path / "keys.json"
    write_keys(file, new_keys())
    ring, whole = KeyRing.of_file(file), read_keys(file)
    with capture_logs() as said:
        file.write_text("{")
        assert [ring.seal(CANARY)[0] for _ in range(3)] == [1, 1, 1]
        write_keys(file, whole.rotated())
        assert ring.seal(CANARY)[0] == 2
    assert [line["event"] for line in said] == ["key_file_not_followed"]
    assert "is no key file" in said[0]["why"]


@pytest.mark.parametrize("text", ["", "{}", '{"active": 1, "keys": {"1": "c2hvcnQ="}}', "[1]"])
def test_what_is_no_key_file_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "keys.json"
    file.write_text(text)
    with pytest.raises(SealError):
        KeyRing.of_file(file)


def test_the_active_key_must_be_there() -> None:
    with pytest.raises(SealError):
        Keys(2, new_keys().by_id)
    assert "by_id" not in repr(new_keys())
