"""A plain table as docutils wants it."""

from collections.abc import Sequence

from docutils import nodes


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], numeric: int) -> nodes.table:
    """A docutils table; column `numeric` and those after it are aligned to the right."""
    group = nodes.tgroup(cols=len(head))
    group += [nodes.colspec(colwidth=1) for _ in head]
    for container, lines in ((nodes.thead(), [head]), (nodes.tbody(), rows)):
        for line in lines:
            row = nodes.row()
            for column, text in enumerate(line):
                classes = ["text-right"] if column >= numeric else []
                row += nodes.entry("", nodes.paragraph(text=text, classes=classes))
            container += row
        group += container
    return nodes.table("", group)
