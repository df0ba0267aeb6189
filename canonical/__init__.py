"""The shared language: orders, parcels, money, events, commands, abilities. Pure, no I/O."""
