"""Statements by area; each is built once for a database and listed in `store.statements`."""
