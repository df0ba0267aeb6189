"""Sessions: lock, state, list."""

from typing import Final

from sandbox.servicebus.amqp.errors import NOT_ALLOWED, AmqpError
from sandbox.servicebus.amqp.types import Array, Int, Timestamp
from sandbox.servicebus.broker.sessions import Sessions
from sandbox.servicebus.operations.base import Context
from sandbox.servicebus.operations.messages import held_session

_MAX_DATETIME: Final = 253402300799999
"""DateTime.MaxValue in milliseconds: clients ask for all sessions by it (_session_browser.py)."""


def renew(context: Context) -> None:
    """renew-session-lock."""
    sessions = _sessions(context)
    session = held_session(context, context.queue)
    context.answer({"expiration": Timestamp(sessions.renew(session))})


def get_state(context: Context) -> None:
    """get-session-state."""
    sessions = _sessions(context)
    session = held_session(context, context.queue)
    context.answer({"session-state": sessions.state(session.id)})


def set_state(context: Context) -> None:
    """set-session-state."""
    sessions = _sessions(context)
    session = held_session(context, context.queue)
    state = context.body.get("session-state")
    if isinstance(state, str):
        state = state.encode()
    if state is not None:
        state = context.get("session-state", (bytes, str))
        state = state.encode() if isinstance(state, str) else state
    sessions.set_state(
        session.id, state, lambda error: context.answer({} if error is None else error)
    )


def list_sessions(context: Context) -> None:
    """get-message-sessions."""
    sessions = _sessions(context)
    skip, top = context.get("skip", int), context.get("top", int)
    since = context.body.get("last-updated-time")
    changed_after = int(since) if isinstance(since, int) and since < _MAX_DATETIME else None
    found = sessions.list(changed_after, skip, max(1, min(top, 1000)))
    if not found:
        context.answer(None)
        return
    context.answer({"skip": Int(skip + len(found)), "sessions-ids": Array(list(found))})


def _sessions(context: Context) -> Sessions:
    sessions = context.queue.sessions
    if sessions is None:
        raise AmqpError(NOT_ALLOWED, f"{context.entity} does not require sessions")
    return sessions
