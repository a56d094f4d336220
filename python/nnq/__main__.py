"""python3 -m nnq: the same as the command nnq."""

from .cli import main

main()
