"""The operator's surface that is the same at every stand-in: `docs/conformance.md` is its contract.

A stand-in fulfils `surface.Bench` and mounts it with `surface.add_routes`; nothing else of it needs
to be known to whoever tries a channel against it.
"""
