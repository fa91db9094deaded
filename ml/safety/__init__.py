"""What may be painted and what may be shown. Fails closed: whatever a layer cannot decide is refused.

`verdict` holds the types and is free of models; `text` judges prompts, `image` judges pictures. Only this package can
make a `SafePrompt` or a `SafeImage`.
"""
