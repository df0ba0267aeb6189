"""The marketplaces: one package each, all with the same files, behind one port."""
