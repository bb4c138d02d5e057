"""The description of the API by OpenAPI 3.1. A new address is an entry in `operations.py`; a test misses it there."""
