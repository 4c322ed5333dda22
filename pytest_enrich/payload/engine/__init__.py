"""One search for two kinds of subject: a function to call, or an existing test to run with other values.

A subject has *choices*, each a template: an argument, a literal, a step. The search runs a vector of choices, sees
which branches it takes and what conditions compare on the way, tries others near it, and reduces what it finds.
Only the subject knows what can be chosen and what is worth a test.
"""
