"""Import and export of whole directories."""
