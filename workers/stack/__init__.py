"""Everything embedded on one machine: starting, watching, restarting and ending the processes."""
