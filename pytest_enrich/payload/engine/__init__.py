"""One search for two subjects: a function that is called, or a test that exists and is run with other values.

For a subject there are *choices*, each a template: an argument, a literal, a step. The search runs a vector of
choices, sees the branches it takes and what conditions compare on the way, tries others near it, and makes what it
found small. What can be chosen, and what is worth a test, only the subject knows.
"""
