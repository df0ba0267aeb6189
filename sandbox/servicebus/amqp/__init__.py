"""The part of AMQP 1.0 that Service Bus clients use: types, frames, connections, links."""
