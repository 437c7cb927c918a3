"""Papers: what is handed out as PDF. Archivable (PDF/A-2a), readable aloud (PDF/UA-1), with its font inside."""
