"""Site files to start from: copy one, correct it, and `caudal site add` it. They promise nobody's agreement."""
