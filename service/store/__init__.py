"""Where screenings, findings and keys live: SQLAlchemy Core on SQLite or PostgreSQL, pictures as files."""
