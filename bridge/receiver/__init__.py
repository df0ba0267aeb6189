"""Webhooks -> Service Bus: answers a marketplace once the bus has its event."""

from bridge.receiver.app import receiver_app

__all__ = ["receiver_app"]
