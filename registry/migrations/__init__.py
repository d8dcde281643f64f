"""The schema's history, one numbered step a file, applied by `registry.session.create`."""
