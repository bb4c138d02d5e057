"""What `serve` does: keeps a web server and a cluster running, and the house in order."""
