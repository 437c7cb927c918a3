"""Photos and other files: their bytes arrive in pieces, are looked at, and are kept under their digest.

A fact names a file by its SHA-256. Its bytes come by the tus protocol (`routes.uploads`), piece by piece into the
spool (`receiving`), and when all are there they are compared with the digest, looked at and moved to the vault
(`finishing`). What was sent for a job is seen by whoever sees the job. Nobody is spared the sending of bytes that are
kept already: an answer that comes too soon would tell what other jobs hold.
"""
