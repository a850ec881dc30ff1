"""The reference solution of a6_separatrix: one plain function a question, the text of the solution notebook."""

import numpy as np
