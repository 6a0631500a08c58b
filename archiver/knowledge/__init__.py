"""From messages to what they mean together: pure functions, without effects and without a store."""
