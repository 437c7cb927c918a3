"""What each kind of fact does to a job."""
