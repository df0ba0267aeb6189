"""Durable stories: the order, the poll, the account. Deterministic, no I/O."""
