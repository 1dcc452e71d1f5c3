"""The rules that release harnesses judge by, on the same simulated and replayed trainings."""
