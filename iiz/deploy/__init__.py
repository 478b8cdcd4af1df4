"""Starting and running the application: the demo's supervisor, and what a real installation needs."""
