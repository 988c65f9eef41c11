"""What Rasa asks for: parse the turn, one use case, answer. Decisions are in `wadul.core`."""
