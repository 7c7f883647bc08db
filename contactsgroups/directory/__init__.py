"""Where a directory comes from: files of several formats, and a sample that is made up."""
