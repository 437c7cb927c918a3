"""Personal data: how long it is kept, what was erased, who agreed to its use and who had it."""
