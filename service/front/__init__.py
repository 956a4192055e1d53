"""Between the server and the Flask application: which requests the event loop works on itself, and how they wait."""
