"""From what a user wrote to environments: sources, wheels, environments, provenance."""
