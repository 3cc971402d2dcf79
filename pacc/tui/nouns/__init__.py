"""The lists of nouns: each module declares what one of them shows and does; `pacc.tui.screens.noun` draws it."""
