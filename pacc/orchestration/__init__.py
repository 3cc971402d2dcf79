"""Pure decisions: which state may follow which, when a run is due, who is dead. No input or output, no clock of its own."""
