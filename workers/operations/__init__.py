"""What people do with a running platform; the command line only asks and prints."""
