"""Runs the vectors against a server, and checks an implementation's digests: `python -m openapi.vectors.runner`.

Needs Python 3.11 and nothing else; copy the folder `openapi/vectors` wherever it is wanted.
"""
