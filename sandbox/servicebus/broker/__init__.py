"""Queues, topics, subscriptions, locks and sessions: what Service Bus does with a message."""
