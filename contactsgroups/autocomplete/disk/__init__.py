"""The files of a generation: format, writing and memory mapping of each part."""
