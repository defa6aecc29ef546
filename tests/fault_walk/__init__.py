"""Walks every point at which a step touches something outside its process, and puts a fault there."""
