"""Who is asking: passwords, enrolment codes, tokens, devices, and their end."""
