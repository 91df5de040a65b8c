"""Near matches for an idea: the earlier experiments most like a sentence, a config, or both."""
