"""An outside checker: what really happened at the marketplace against what the platform holds."""
