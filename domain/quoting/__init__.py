"""What it will cost: one pure function, the same on every phone and on the server (domain 4.2).

`openapi/vectors/quotes` tells the same rules as cases, so that an app can quote without a network.
"""
