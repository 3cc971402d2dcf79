"""What screens are made of; each draws its own lines, and only those that are seen."""
