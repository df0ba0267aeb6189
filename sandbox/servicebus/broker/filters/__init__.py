"""Filters and actions of rules."""

from sandbox.servicebus.broker.filters.rule import Rule
from sandbox.servicebus.broker.filters.values import FilterError
from sandbox.servicebus.broker.filters.view import View

__all__ = ["FilterError", "Rule", "View"]
