"""Which of several pictures to show: how each fits its prompt, how it compares with vetted scenes, what it costs."""
