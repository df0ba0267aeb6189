"""A stand-in for Azure Service Bus: AMQP 1.0 over TCP, durable on disk, one process."""
