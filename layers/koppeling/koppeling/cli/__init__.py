"""The command line `koppeling`, for operators.

    main.py        the command, its groups, and how an error ends
    context.py     what a command works with: the stack, the language, the screen
    stack.py       one stack: its settings, stores, functions and schedules
    commands/      one file per group of commands: arguments in, an answer out
    tasks/         what the commands do; knows nothing of click
    configuration/ the YAML file of a connection
    values.py      values as JSON holds them, and as people read them
    adapters.py    Lambda and schedules

It works on the local stack and on one in AWS alike, and never opens a token.
"""
