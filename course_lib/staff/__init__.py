"""The staff's side: publishing and grading. Nothing outside this package imports it."""

import sys

# jsonschema, which nbformat imports, loads this package when it is installed, to check the format "iri", which no
# notebook has; compiling its grammar takes 3.5 CPU seconds at the start of every process.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
