"""What runs, seen from outside: everything at one moment, for people and for monitoring."""
