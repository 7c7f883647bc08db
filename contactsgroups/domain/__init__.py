"""Plain values and rules of mail groups: no I/O, standard library only."""
