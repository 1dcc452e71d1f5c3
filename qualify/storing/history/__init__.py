"""The history: immutable bundles of builds, and an index that is derived from them."""
