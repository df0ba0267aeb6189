"""Bodies of a document's activities, and the process that reads documents."""
