"""Labels of words: read from files, or given by built-in labelers and optional taggers."""
