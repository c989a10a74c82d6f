"""One name per thing: what is public stands once in the package."""

import ast
from collections import defaultdict

from tests.infra.sources import package


def test_a_public_class_name_stands_once_in_the_package() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for source in package():
        for node in source.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(source.module)

    assert len(places) > 200
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_an_outcome_is_an_enum_and_a_result_a_record() -> None:
    bases = {
        (source.module, node.name): {ast.unparse(base) for base in node.bases}
        for source in package()
        for node in source.tree.body
        if isinstance(node, ast.ClassDef) and node.name.endswith(("Outcome", "Result"))
    }

    assert len(bases) >= 4
    for (module, name), above in bases.items():
        assert ("StrEnum" in above) is name.endswith("Outcome"), f"{module}: {name}"
