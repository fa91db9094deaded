"""The rooms of the house. Each owns its stream categories; they meet through events, commands, selectors, permissions."""
