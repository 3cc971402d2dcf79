"""Records: one per noun, shared by every floor, each field with its meaning. Import the module of the noun you need."""
