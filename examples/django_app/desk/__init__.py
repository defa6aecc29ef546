"""A Django application that reads filings."""
