"""Starts every process of one machine, watches them, and stops them together (`make run`)."""
