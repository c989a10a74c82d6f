"""The command line `koppeling`, for operators.

    main.py       the command, its groups, and how an error ends
    desk.py       what a command stands at: the stack, the language, the screen
    commands/     one file per group of commands: arguments in, an answer out
    tasks/        what the commands do, on ports; knows nothing of click
    adapters.py   Lambda, schedules and subscriptions, as the tasks see them
    manual.py     docs/command-line.md, made from the help texts

It works on the local stack and on one in AWS alike, and never opens a token.
"""
