"""The index engine side by side with its peers; see ``tests.bench.autocomplete``."""

from tests.bench.autocomplete.__main__ import main

if __name__ == "__main__":
    main()
