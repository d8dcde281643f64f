"""The database: vocabulary, tables, sessions, migrations, queries, analyses and exports."""
