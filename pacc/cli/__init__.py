"""The command line: each command parses, calls one service and renders what came back."""
