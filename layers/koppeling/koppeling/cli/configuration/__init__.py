"""The configuration of a connection: a YAML file that people write, and what it means.

    connection.schema.json   what a file may hold (JSON Schema, published)
    fields.py                which entry of a file is which field; writing and comparing
    yaml_file.py             YAML as it was written, with the line of everything
    reading.py               a file becomes a connection, or a list of issues

Only the command line reads files, so the layer of the functions leaves it out.
"""
