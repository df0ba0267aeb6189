"""A stand-in for Trendyol's seller API (International): real HTTP, quotas, quirks and faults."""
