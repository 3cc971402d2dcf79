"""One module per noun; each verb is one transaction. The only door to the store."""
