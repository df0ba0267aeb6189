"""Filters and actions of rules."""

from sandbox.servicebus.broker.filters.rule import Rule, compile_rule

__all__ = ["Rule", "compile_rule"]
