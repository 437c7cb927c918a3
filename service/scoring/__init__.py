"""Figures that are kept and explained: schemes, the evidence index, frozen reports."""
