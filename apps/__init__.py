"""The rooms of the house. Each owns its streams; they meet through events, commands, selectors, permissions."""
