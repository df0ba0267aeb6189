"""What is peculiar to a database, one module each behind `port`."""
