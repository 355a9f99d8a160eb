"""The database, the only system of record: schema, migrations and one module per aggregate."""
