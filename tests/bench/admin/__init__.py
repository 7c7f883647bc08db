"""How fast the administration is at the size of a large site."""
