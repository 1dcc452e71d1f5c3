"""The verbs: plan, build, train, judge, publish. Files are all that passes between them."""
