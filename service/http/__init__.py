"""How a request becomes a call of a plain function, and its result or refusal an answer."""
