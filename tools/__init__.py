"""What developers and operators run by hand."""
