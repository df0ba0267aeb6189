"""Documents: files of a marketplace or of others, read row by row. Pure: bytes in, rows out."""
