"""Pages of the desk: plain HTML, each a function of what it shows."""
