"""What a laptop runs in place of the cloud: servers started on a folder, stopped, found again."""
