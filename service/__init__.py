"""The screening service: a Flask application and the pipeline behind it."""
