"""Azure Service Bus, through the unmodified SDK: the platform's way to and from it."""

from bridge.bus.adapter import ServiceBus

__all__ = ["ServiceBus"]
