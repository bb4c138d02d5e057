"""Real PostgreSQL, Redis and S3 for the tests: own processes, free ports, folders of their own; nothing of them stays.

    with postgres.running() as database, redis.running() as queue, s3.running() as store:
        Server(folder, **database.environment, **queue.environment, **store.environment)

Each can be stopped and started again on the same port, as machines are.
"""
