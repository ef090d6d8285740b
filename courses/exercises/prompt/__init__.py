"""Write a prompt and try it with the AI."""
