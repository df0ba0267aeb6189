"""A stand-in for the retailer's ERP: hears of orders on the bus, answers by commands."""
