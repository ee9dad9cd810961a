"""Our answers beside those of another bot, for people: filtered, counted, over time, as files."""
