"""A day in the field, played over real HTTP against a running server, and checked to the last fact."""

from service.simulate.play import SimulationError, play, simulate_day

__all__ = ["SimulationError", "play", "simulate_day"]
