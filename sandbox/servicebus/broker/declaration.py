"""The declaration of a namespace: queues, topics, subscriptions, rules and keys, from YAML or JSON.

The format is described in docs/servicebus.md. Defaults are the service's.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml

from sandbox.servicebus.broker.durations import FOREVER, parse_duration


class DeclarationError(Exception):
    """The declaration cannot be understood; the message says where and why."""


_T = TypeVar("_T")

RIGHTS: Final = frozenset({"listen", "send", "manage"})
STATUSES: Final = ("active", "disabled", "send-disabled", "receive-disabled")


@dataclass(frozen=True, kw_only=True)
class QueueSettings:
    """How a queue behaves. Defaults: Service Bus, standard tier."""

    lock_duration: timedelta = timedelta(minutes=1)
    max_delivery_count: int = 10
    default_ttl: timedelta = FOREVER
    dead_lettering_on_expiration: bool = False
    requires_session: bool = False
    requires_duplicate_detection: bool = False
    duplicate_detection_window: timedelta = timedelta(minutes=10)
    forward_to: str | None = None
    forward_dead_lettered_to: str | None = None
    max_size_megabytes: int = 1024
    status: str = "active"


@dataclass(frozen=True, kw_only=True)
class RuleSettings:
    """A rule of a subscription: exactly one of `sql` and `correlation`, and an action or none."""

    sql: str | None = None
    correlation: dict[str, Any] | None = None
    action: str | None = None


ALL: Final = {"$Default": RuleSettings(sql="1=1")}


@dataclass(frozen=True, kw_only=True)
class SubscriptionSettings:
    """How a subscription behaves; without rules it takes every message."""

    lock_duration: timedelta = timedelta(minutes=1)
    max_delivery_count: int = 10
    default_ttl: timedelta = FOREVER
    dead_lettering_on_expiration: bool = False
    dead_lettering_on_filter_errors: bool = True
    requires_session: bool = False
    forward_to: str | None = None
    forward_dead_lettered_to: str | None = None
    status: str = "active"
    rules: dict[str, RuleSettings] = field(default_factory=lambda: dict(ALL))


@dataclass(frozen=True, kw_only=True)
class TopicSettings:
    """How a topic behaves."""

    default_ttl: timedelta = FOREVER
    requires_duplicate_detection: bool = False
    duplicate_detection_window: timedelta = timedelta(minutes=10)
    max_size_megabytes: int = 1024
    status: str = "active"
    subscriptions: dict[str, SubscriptionSettings] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class KeySettings:
    """A shared access key and what it opens."""

    key: str = field(repr=False)
    rights: frozenset[str] = RIGHTS


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """A whole namespace."""

    queues: dict[str, QueueSettings] = field(default_factory=dict)
    topics: dict[str, TopicSettings] = field(default_factory=dict)
    keys: dict[str, KeySettings] = field(default_factory=dict)


def load_declaration(path: Path) -> Declaration:
    """Reads a declaration file.

    Raises:
        DeclarationError: It is missing, or something in it is not understood.
    """
    try:
        text = path.read_text()
    except OSError as error:
        raise DeclarationError(
            f"the declaration {path} cannot be read: {error.strerror}"
        ) from error
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise DeclarationError(f"the declaration {path} is no YAML: {error}") from error
    return parse_declaration(content)


def parse_declaration(content: Any) -> Declaration:
    """Reads a declaration from plain mappings.

    Raises:
        DeclarationError: Something in it is not understood.
    """
    parts = _mapping(content, "the declaration")
    _known(parts, {"queues", "topics", "keys"}, "the declaration")
    declaration = Declaration(
        queues=_each(parts.get("queues"), "queues", parse_queue),
        topics=_each(parts.get("topics"), "topics", _topic),
        keys=_each(parts.get("keys"), "keys", _key),
    )
    _check_names(declaration)
    return declaration


def parse_queue(content: Any, where: str) -> QueueSettings:
    """Reads one queue."""
    parts = _mapping(content, where)
    if "duplicate_detection_window" in parts:
        parts.setdefault("requires_duplicate_detection", True)
    return QueueSettings(**_values(parts, QueueSettings, where))


def _topic(content: Any, where: str) -> TopicSettings:
    parts = _mapping(content, where)
    subscriptions = parts.pop("subscriptions", None)
    if "duplicate_detection_window" in parts:
        parts.setdefault("requires_duplicate_detection", True)
    return TopicSettings(
        **_values(parts, TopicSettings, where),
        subscriptions=_each(subscriptions, f"{where}.subscriptions", _subscription),
    )


def _subscription(content: Any, where: str) -> SubscriptionSettings:
    parts = _mapping(content, where)
    rules = parts.pop("rules", None)
    values = _values(parts, SubscriptionSettings, where)
    if rules is not None:
        values["rules"] = _each(rules, f"{where}.rules", parse_rule)
    return SubscriptionSettings(**values)


def parse_rule(content: Any, where: str) -> RuleSettings:
    """Reads one rule."""
    parts = _mapping(content, where)
    _known(parts, {"sql", "correlation", "action"}, where)
    if ("sql" in parts) == ("correlation" in parts):
        raise DeclarationError(f"{where}: give either sql or correlation")
    correlation = parts.get("correlation")
    return RuleSettings(
        sql=_text(parts["sql"], f"{where}.sql") if "sql" in parts else None,
        correlation=None if correlation is None else _mapping(correlation, f"{where}.correlation"),
        action=_text(parts["action"], f"{where}.action")
        if parts.get("action") is not None
        else None,
    )


def _key(content: Any, where: str) -> KeySettings:
    parts = _mapping(content, where)
    _known(parts, {"key", "key_env", "rights"}, where)
    if ("key" in parts) == ("key_env" in parts):
        raise DeclarationError(f"{where}: give either key or key_env")
    if "key_env" in parts:
        name = _text(parts["key_env"], f"{where}.key_env")
        if not os.environ.get(name):
            raise DeclarationError(f"{where}: the environment variable {name} is not set")
        key = os.environ[name]
    else:
        key = _text(parts["key"], f"{where}.key")
    rights = parts.get("rights", sorted(RIGHTS))
    if not isinstance(rights, list) or not RIGHTS.issuperset(rights):
        raise DeclarationError(f"{where}.rights: a list of listen, send, manage")
    return KeySettings(key=key, rights=RIGHTS if "manage" in rights else frozenset(rights))


def _values(parts: dict[str, Any], kind: type, where: str) -> dict[str, Any]:
    known = {entry.name: entry for entry in fields(kind)}
    known.pop("subscriptions", None)
    known.pop("rules", None)
    _known(parts, set(known), where)
    return {name: _value(value, known[name].default, name, where) for name, value in parts.items()}


def _value(value: Any, default: Any, name: str, where: str) -> Any:
    place = f"{where}.{name}"
    if isinstance(default, timedelta):
        try:
            duration = parse_duration(_text(value, place))
        except ValueError as error:
            raise DeclarationError(f"{place}: {error}") from error
        if duration <= timedelta(0):
            raise DeclarationError(f"{place}: must be longer than nothing")
        if name == "lock_duration" and duration > timedelta(minutes=5):
            raise DeclarationError(f"{place}: a lock lasts five minutes at most")
        return duration
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise DeclarationError(f"{place}: true or false, not {value!r}")
        return value
    if isinstance(default, int):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise DeclarationError(f"{place}: a whole number from 1 up, not {value!r}")
        return value
    if value is None:
        return None
    text = _text(value, place)
    if name == "status" and text not in STATUSES:
        raise DeclarationError(f"{place}: one of {', '.join(STATUSES)}, not {text!r}")
    return text


def _each(content: Any, where: str, read: Callable[[Any, str], _T]) -> dict[str, _T]:
    return {
        _text(name, where): read(value, f"{where}.{name}")
        for name, value in _mapping(content, where).items()
    }


def _check_names(declaration: Declaration) -> None:
    seen: dict[str, str] = {}
    for name in (*declaration.queues, *declaration.topics):
        if not name or len(name) > 260 or "$" in name or name != name.strip("/ "):
            raise DeclarationError(f"{name!r} is no name for a queue or topic")
        if name.lower() in seen:
            raise DeclarationError(f"two entities are called {name}; names ignore case")
        seen[name.lower()] = name
    for topic, settings in declaration.topics.items():
        lowered = [name.lower() for name in settings.subscriptions]
        if len(set(lowered)) < len(lowered):
            raise DeclarationError(f"two subscriptions of {topic} have one name; names ignore case")


def _mapping(content: Any, where: str) -> dict[str, Any]:
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise DeclarationError(f"{where}: a mapping was expected, not {content!r}")
    return dict(content)


def _known(parts: dict[str, Any], known: set[str], where: str) -> None:
    for name in parts:
        if name not in known:
            raise DeclarationError(
                f"{where}: {name!r} is unknown; known are {', '.join(sorted(known))}"
            )


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise DeclarationError(f"{where}: text was expected, not {value!r}")
    return value
