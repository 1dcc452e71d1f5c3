"""The documents, and the generator of those that the code can write itself."""
