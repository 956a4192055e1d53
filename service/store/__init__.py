"""Where every answer is kept: SQLAlchemy Core on SQLite or PostgreSQL, pictures as files."""
