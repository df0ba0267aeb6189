"""Messages on disk: SQLite in WAL mode, one commit for everything that waits for one."""
