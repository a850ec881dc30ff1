"""From sources to what the public sees: Colab notebooks, releases, the book, the public tree."""
