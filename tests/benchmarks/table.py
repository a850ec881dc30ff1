"""Every row of the bench, in the order of its pages: by what it is about."""

from .rows import Row
from .rows_ablations import ABLATION_ROWS
from .rows_book import BOOK_ROWS
from .rows_from_data import FROM_DATA_ROWS
from .rows_grading import GRADING_ROWS
from .rows_lorenz import CTRNN_LORENZ, LORENZ_SPECTRUM
from .rows_networks import NETWORKS_ROWS
from .rows_scale import SCALE_ROWS
from .rows_separatrix import SEPARATRIX_ROWS
from .rows_sets import SET_ROWS
from .rows_spiking import SPIKING_ROWS
from .rows_spiking_driven import DRIVEN_ROWS
from .rows_spiking_loop import LOOP_ROWS
from .rows_spiking_trained import TRAINED_ROWS
from .rows_systems import SYSTEMS_ROWS
from .rows_tasks import TASK_ROWS
from .rows_walls import WALL_ROWS

SECTIONS: dict[str, tuple[Row, ...]] = {
    "Networks": (CTRNN_LORENZ, *NETWORKS_ROWS, *DRIVEN_ROWS, *TRAINED_ROWS, *LOOP_ROWS, *SPIKING_ROWS, *TASK_ROWS),
    "Rulers": (LORENZ_SPECTRUM, *SYSTEMS_ROWS, *FROM_DATA_ROWS),
    "Separatrices": (*SEPARATRIX_ROWS, *ABLATION_ROWS),
    "The book": BOOK_ROWS,
    "Grading": (*GRADING_ROWS, *SCALE_ROWS, *SET_ROWS, *WALL_ROWS),
}
ROWS: dict[str, Row] = {row.name: row for rows in SECTIONS.values() for row in rows}
