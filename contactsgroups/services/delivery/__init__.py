"""What Postfix asks and reads: posting decisions and published maps."""
