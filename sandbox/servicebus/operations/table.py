"""All operations by name."""

from typing import Final

from sandbox.servicebus.operations import locks, messages, rules, schedule, sessions
from sandbox.servicebus.operations.base import Operation

OPERATIONS: Final = {
    "renew-lock": Operation(locks.renew, "listen"),
    "update-disposition": Operation(locks.settle, "listen"),
    "peek-message": Operation(messages.peek, "listen"),
    "receive-by-sequence-number": Operation(messages.receive, "listen"),
    "schedule-message": Operation(schedule.schedule, "send"),
    "cancel-scheduled-message": Operation(schedule.cancel, "send"),
    "renew-session-lock": Operation(sessions.renew, "listen"),
    "get-session-state": Operation(sessions.get_state, "listen"),
    "set-session-state": Operation(sessions.set_state, "listen"),
    "get-message-sessions": Operation(sessions.list_sessions, "listen"),
    "add-rule": Operation(rules.add, "manage"),
    "remove-rule": Operation(rules.remove, "manage"),
    "enumerate-rules": Operation(rules.enumerate_rules, "listen"),
}
