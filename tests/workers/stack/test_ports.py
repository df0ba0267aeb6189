"""Ports: the one it had, else the usual one, else a free one."""

import socket
from pathlib import Path

from workers.stack.ports import HOST, Ports


def taken() -> socket.socket:
    listener = socket.socket()
    listener.bind((HOST, 0))
    listener.listen()
    return listener


def free() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def test_the_usual_port_where_it_is_free(tmp_path: Path) -> None:
    usual = free()
    assert Ports(tmp_path / "ports.json", {"erp": usual}).of("erp") == usual


def test_another_one_where_the_usual_is_in_use(tmp_path: Path) -> None:
    with taken() as listener:
        usual = listener.getsockname()[1]
        assert Ports(tmp_path / "ports.json", {"erp": usual}).of("erp") != usual


def test_the_same_again_in_the_next_run(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    first = {part: Ports(file, {}).of(part) for part in ("erp", "bus")}
    second = Ports(file, {"erp": free()})
    assert {part: second.of(part) for part in ("erp", "bus")} == first


def test_two_parts_never_get_one_port(tmp_path: Path) -> None:
    usual = free()
    ports = Ports(tmp_path / "ports.json", {"erp": usual, "bus": usual})
    assert ports.of("erp") != ports.of("bus")
    assert ports.of("erp") == usual
