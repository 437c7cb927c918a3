"""The service report: the signed record of a visit, frozen, printed as PDF, and checked by its code."""
