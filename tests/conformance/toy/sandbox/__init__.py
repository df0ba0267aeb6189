"""The toy marketplace as a program, on the common half of small stand-ins."""
