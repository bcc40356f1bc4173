"""The paper's experiments on a corpus of the user's own: from text to tables and figures."""
