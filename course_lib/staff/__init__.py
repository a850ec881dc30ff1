"""The staff's side: publishing and grading. Nothing outside this package imports it."""
