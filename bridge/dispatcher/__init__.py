"""Service Bus -> inbox -> Temporal: takes what came in, hands it to its order, and settles it."""

from bridge.dispatcher.dispatcher import Dispatcher, DispatcherOptions

__all__ = ["Dispatcher", "DispatcherOptions"]
