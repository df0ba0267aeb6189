"""One module per marketplace: its sandbox's ledger, read into expectations in common words."""
