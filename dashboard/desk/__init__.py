"""The desk: sending a file, seeing what it says before it counts, its page, and the form of a shift on a phone."""
