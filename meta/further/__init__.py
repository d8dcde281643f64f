"""What a careful reviewer asks after the pooled estimate: analyses that are asked for by name.

``evidens pool --also``, its list in the documentation and the plans of syntheses all come from `table`.
"""
