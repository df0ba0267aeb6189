"""Waiting until a demonstration's orders are finished on both sides."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from store import Store
from store.errors import StoreUnavailableError
from store.results import InboxState
from workers.stack.board import Board, look
from workers.stack.http import CallError
from workers.stack.stack import Stack

LOOK_EVERY_S = 0.5


class UnfinishedError(Exception):
    """The time was up; says what was still open."""


@dataclass(frozen=True)
class Goal:
    """What is waited for."""

    orders: int
    within_s: float


async def until_finished(
    stack: Stack, store: Store, goal: Goal, tell: Callable[[Board], None]
) -> Board:
    """Waits until every order is finished at the marketplace and here.

    Raises:
        UnfinishedError: Not in time; says what was still open.
    """
    deadline = monotonic() + goal.within_s
    board: Board | None = None
    while True:
        try:
            board = await look(stack, store)
        except (CallError, StoreUnavailableError):
            pass  # a part is being restarted; the deadline holds all the same
        else:
            tell(board)
            if _is_finished(board, goal.orders):
                return board
        if monotonic() > deadline:
            raise UnfinishedError(_what_is_open(board, goal))
        await asyncio.sleep(LOOK_EVERY_S)


def _is_finished(board: Board, orders: int) -> bool:
    there = board.traffic.placed >= orders and board.traffic.finished >= board.traffic.placed
    here = board.finished >= orders and not board.inbox.get(InboxState.RECEIVED)
    return there and here and not board.waiting


def _what_is_open(board: Board | None, goal: Goal) -> str:
    if board is None:
        return f"Nothing could be asked within {goal.within_s:.0f} s; see the logs."
    waiting = ", ".join(f"{name} {count}" for name, count in board.waiting.items()) or "none"
    words = ", ".join(f"{word} {count}" for word, count in board.attention.items()) or "none"
    return (
        f"Not finished within {goal.within_s:.0f} s: of {goal.orders} orders {board.traffic.placed}"
        f" were placed, {board.traffic.finished} are finished at the marketplace, {board.recorded}"
        f" are recorded, {board.finished} are finished here; events not applied:"
        f" {board.inbox.get(InboxState.RECEIVED, 0)}; messages on the bus: {waiting}; attention:"
        f" {words}."
    )
