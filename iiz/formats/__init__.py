"""How dates and numbers look here, where Django's own format files differ."""
