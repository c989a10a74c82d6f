"""`make audit`: known mistakes in the template and in the packages, and a list of what is shipped.

findings.py   one finding, and which of them are accepted, with the reason (accepted.toml)
policies.py   Checkov on the template as CloudFormation gets it
packages.py   pip-audit and the SBOM of what functions and operators run
"""
