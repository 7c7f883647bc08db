"""Messages that wait for a moderator: held, found, decided about, and sent on as they came."""
