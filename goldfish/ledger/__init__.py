"""The ledger's language: how events become bytes and come back, the chain over them, and what never enters."""
