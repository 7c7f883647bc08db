"""The first schema, as it was when it was written: tables, and the views that Postfix reads."""
