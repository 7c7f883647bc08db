"""The index engine side by side with its peers: same data, same questions, same exact answers."""
