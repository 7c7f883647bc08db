"""The files of a generation: how each part is laid out, written and mapped."""
