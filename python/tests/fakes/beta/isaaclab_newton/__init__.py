"""Of Isaac Lab 3: the engines are packages of their own."""
