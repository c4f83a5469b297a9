"""The answers as scripts and other programs get them: shapes of JSON, and how they are asked for.

The command line prints them and the HTTP face serves them, so that the two can't disagree. Their
fields begin with those of zos's own Layer Runs API, by its names and with its meanings, but for
what is wrong there: ``state`` stands beside ``status``, costs are those of the recorded calls, and
partial and open runs are counted. Instants are text in ISO 8601, in UTC, with ``Z``; costs are US
dollars; null means not recorded, which is not zero.

Each module has the shapes of one answer as dataclasses, a function that fills them from the model,
and one that asks a service for what that takes. They know neither click nor FastAPI.
"""
