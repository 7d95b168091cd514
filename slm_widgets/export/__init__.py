"""Taking a model home: stack (and weights) -> other forms."""
