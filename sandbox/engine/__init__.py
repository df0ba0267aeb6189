"""What sandboxes of marketplaces are built on: durable state, timers, seeded chance."""
