"""How fast the Service Bus stand-in is, beside SQLite alone."""
