"""How much of a quota is used, and how often the marketplace has to refuse."""
