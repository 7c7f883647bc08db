"""The pages of every account: its groups, its requests, and where it is signed in."""
