"""Where a directory comes from: files of several formats, and an invented sample."""
