"""How many typing errors are understood, and how seldom something is shown for nobody."""
