"""From an idea to the text of a test: its body, its assertions, its name, its imports, the style of its file.

Nothing here runs code or reads a file: what it is about comes as values and texts, and a test comes out.
"""
