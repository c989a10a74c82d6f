"""The configuration of a connection: a YAML file that people write, and what it means.

    connection.schema.json   what a file may hold (JSON Schema, published)
    places.py                which entry of a file is which field of a connection
    nodes.py                 YAML as it was written, with the line of everything
    reading.py               a file becomes a connection, or a list of mistakes
    writing.py               a connection becomes a file
    difference.py            what a file changes of a connection
    manual.py                docs/connection.md, made from the schema

It runs at an operator's, so it is in no layer: no function needs to read a file.
"""
