"""The verbs of the workers: advance, claim, convert, assemble, recover."""
