"""``python -m contactsgroups`` is the same as the command ``contactsgroups``."""

from contactsgroups.cli import main

if __name__ == "__main__":
    main()
