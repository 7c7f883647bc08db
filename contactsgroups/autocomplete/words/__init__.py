"""From text to tokens: folding, scripts, tokens, queries and corrections."""
