"""Alembic's folder; `upgrade` is for callers without an event loop."""

from store.migrate import upgrade_blocking as upgrade

__all__ = ["upgrade"]
