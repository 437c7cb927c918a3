"""What a person does to a job while they can be answered: one strict fact at a time."""
