"""The tests; their tree mirrors the product's, beside the servers and tools they share."""
