"""`$metadata`: the table of entities in the supplier's format, for the check at connect time."""

from collections.abc import Iterable, Iterator

from tests.sandbox.qics_milestones.schema import Entity

_HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">'
    '<edmx:DataServices xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"'
    ' m:DataServiceVersion="3.0"><Schema Namespace="QicsMilestones"'
    ' xmlns="http://schemas.microsoft.com/ado/2009/11/edm">'
)
_TAIL = "</Schema></edmx:DataServices></edmx:Edmx>\n"


def metadata_document(entities: Iterable[Entity], without: frozenset[str]) -> str:
    """Return the EDMX document, less the names in `without`: `Entity` or `Entity.Field` (M53)."""
    shown = [entity for entity in entities if entity.name not in without]
    types = "".join(_entity_type(entity, without) for entity in shown)
    sets = "".join(
        f'<EntitySet Name="{row.name}" EntityType="QicsMilestones.{row.name}"/>' for row in shown
    )
    container = (
        '<EntityContainer Name="Container" m:IsDefaultEntityContainer="true">'
        f"{sets}</EntityContainer>"
    )
    return f"{_HEAD}{types}{container}{_TAIL}"


def _entity_type(entity: Entity, without: frozenset[str]) -> str:
    key = f'<Key><PropertyRef Name="{entity.key}"/></Key>'
    properties = "".join(_properties(entity, without))
    return f'<EntityType Name="{entity.name}">{key}{properties}</EntityType>'


def _properties(entity: Entity, without: frozenset[str]) -> Iterator[str]:
    for field in entity.fields.values():
        if f"{entity.name}.{field.name}" in without:
            continue
        nullable = "" if not field.required else ' Nullable="false"'
        longest = "" if field.max_length is None else f' MaxLength="{field.max_length}"'
        yield (f'<Property Name="{field.name}" Type="{field.kind}"{nullable}{longest}/>')
