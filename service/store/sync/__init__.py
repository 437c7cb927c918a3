"""What devices hold and have not seen: the feed, its scopes, epochs, purges and repairs."""
