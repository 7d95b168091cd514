"""Looking inside a built model: attention, activations, what each layer would say."""
