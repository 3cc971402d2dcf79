"""The ground floor: clocks, ids, names, effects. Nothing here knows what a run is."""
