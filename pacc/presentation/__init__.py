"""How records look to people: rows, labels, colours and durations, shared by the command line and the dashboard."""
