"""Webhooks: who asked for it is told of what became of a job, by the Standard Webhooks specification.

`outbox.note` writes the messages of a change of state into its own transaction; the queue wakes a sender, which claims
what is due, sends it and tries again later what did not arrive. https://www.standardwebhooks.com/
"""
