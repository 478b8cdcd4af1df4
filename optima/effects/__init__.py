"""What the transitions of Optima write besides the state. Called by the engine, inside its transaction."""
