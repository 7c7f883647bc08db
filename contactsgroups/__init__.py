"""Mail groups that are managed once and are then everywhere."""
