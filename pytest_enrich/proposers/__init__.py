"""Those who think of tests; each is a `protocols.Proposer`."""
