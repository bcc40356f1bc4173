"""The paper's experiments on a corpus of one's own: one driver, from text to tables and figures."""
