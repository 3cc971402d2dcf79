"""The dashboard: a Textual app over the store. Nothing but `pacc dashboard` imports it."""
