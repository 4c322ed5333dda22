"""From an idea to the text of a test: its body, its assertions, its name, its imports and the style of its file.

Nothing here runs code or reads a file: values and texts go in, and a test comes out.
"""
