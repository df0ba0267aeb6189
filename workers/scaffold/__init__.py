"""A new marketplace's folders, and the files that follow from the registry."""
