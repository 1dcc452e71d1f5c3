"""Judging: evidence in, status out. Rules say what a cell shows, the decision what a build is."""
