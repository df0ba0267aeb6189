"""What a workflow may ask of the world. Signatures are what workflows see; bodies do the work."""
