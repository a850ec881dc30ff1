"""What Colab and other editors make of a notebook before anybody has done anything clumsy."""

from a0_corpus.course import Notebook, answered, cell_of, insert, own
from a0_corpus.entry import honest

PERSON = {"displayName": "Erika Beispiel", "userId": "00998877665544332211"}
MOUNT = """!pip install -q norse torchdiffeq
from google.colab import drive, files, output, userdata
drive.mount('/content/drive', force_remount=True)
for name, data in files.upload().items():
    print(name, len(data))
token = userdata.get('TOKEN')
output.clear()"""


def saved_by_colab(notebook: Notebook) -> Notebook:
    """Format 4.0, ids in the metadata, run times with the person's name, widgets without their wrapper."""
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"].update(id=cell.pop("id", f"x{number}"), colab_type=cell["cell_type"], outputId=f"o{number}")
        if cell["cell_type"] == "code":
            cell["metadata"]["executionInfo"] = {"status": "ok", "elapsed": 3, "timestamp": 1, "user": PERSON}
            cell["execution_count"] = number
            bar = {"output_type": "stream", "name": "stderr", "text": ["100%|██████████| 9/9\n"]}
            view = {"application/vnd.jupyter.widget-view+json": {"model_id": "a", "version_major": 2}}
            cell["outputs"] = [bar, {"output_type": "display_data", "data": view, "metadata": {}}]
    notebook["metadata"].update(
        colab={"provenance": [{"file_id": "1AbC", "timestamp": 1}], "name": "Copy of a0", "toc_visible": True},
        kernelspec={"name": "python3", "display_name": "Python 3"},
        accelerator="GPU",
        widgets={"application/vnd.jupyter.widget-state+json": {"a": {"model_name": "HBoxModel"}}},
    )
    return {**notebook, "nbformat": 4, "nbformat_minor": 0}


@honest()
def downloaded_from_colab():
    """The ordinary case: a right notebook, downloaded from Colab."""
    return saved_by_colab(answered())


@honest()
def colab_with_ids_kept():
    """Colab keeps a notebook that was opened at format 4.5 there, and its ids."""
    notebook = answered()
    ids = [cell["id"] for cell in notebook["cells"]]
    notebook = saved_by_colab(notebook)
    for cell, name in zip(notebook["cells"], ids, strict=True):
        cell["id"] = name
    return {**notebook, "nbformat_minor": 5}


@honest()
def colab_between_formats():
    """Declared 4.0, with ids that 4.0 does not have: seen in files of 2026."""
    return {**answered(), "nbformat_minor": 0}


@honest()
def colab_ids_twice():
    """Two cells bear the same id in their metadata."""
    notebook = saved_by_colab(answered())
    for cell in notebook["cells"]:
        cell["metadata"]["id"] = "dQw4"
    return notebook


@honest()
def form_titles():
    """Cells with Colab's form fields, shown without their code."""
    form = '#@title My answer {display-mode: "form"}\n#@markdown Turn the knob.\ngain = 1.0 #@param {type:"slider"}'
    notebook = answered(q1=f"{form}\ndef step(x, rate, dt):\n    return x - gain * dt * rate * x")
    cell_of(notebook, "q1-answer")["metadata"].update(cellView="form", colab={"base_uri": "https://localhost:8080/"})
    return notebook


@honest(changes=("Not run: %%capture", "Not run: !pip"))
def form_title_above_a_magic():
    """Colab lets a title stand above `%%capture`; Jupyter does not."""
    return answered(
        q2="#@title Install\n%%capture\n!pip install -q tqdm\ndef drive(W, x):\n    return np.tanh(x @ W.T)"
    )


@honest(changes=("Not run: !pip",))
def mounts_a_drive():
    """The usual first cell: packages, a drive, an upload, a secret."""
    notebook = answered()
    notebook["cells"].insert(0, own(MOUNT))
    return saved_by_colab(notebook)


@honest()
def colab_lines_above_the_answer():
    """An upload in the answer cell fails outside Colab, and the function stands below it."""
    lines = "from google.colab import files\nimport io\ntable = np.load(io.BytesIO(files.upload()['table.npy']))"
    return answered(
        q3=f"{lines}\ndef orbit(W, x0, n):\n    x = [x0]\n    for _ in range(n):\n"
        "        x.append(np.tanh(W @ x[-1]))\n    return np.stack(x)"
    )


@honest()
def colab_is_asked_for():
    """The notebook asks whether it runs in Colab, both ways."""
    lines = """import sys
IN_COLAB = "google.colab" in sys.modules
try:
    import google.colab
    from google.colab.patches import cv2_imshow
    from google.colab.output import eval_js
except ImportError:
    IN_COLAB = False"""
    return insert(answered(), "setup", lines)


@honest()
def collapsed_cells():
    """Folded headings, hidden inputs and outputs, run times as JupyterLab stores them."""
    notebook = answered()
    for cell in notebook["cells"]:
        cell["metadata"].update(
            collapsed=True,
            hidden=True,
            jp_collapsed=True,
            heading_collapsed=True,
            jupyter={"source_hidden": True, "outputs_hidden": True},
            execution={"iopub.execute_input": "2026-11-01T10:00:00.000000Z"},
            cell_execution={"start": 1, "end": 2, "state": "finished"},
        )
    return notebook


@honest()
def another_kernel():
    """Saved under another kernel, of another language."""
    notebook = answered()
    notebook["metadata"]["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    notebook["metadata"]["language_info"] = {"name": "R", "version": "4.3.1"}
    return notebook


@honest()
def saved_by_other_editors():
    """Metadata of VS Code, Deepnote, Kaggle, Databricks and jupytext; ids that are null."""
    notebook = answered()
    for cell in notebook["cells"]:
        cell["id"] = None
        cell["metadata"].update(
            vscode={"languageId": "python"},
            deepnote_cell_type="code",
            _uuid="8f2839f2",
            trusted=True,
            application_databricks={"showTitle": False},
            lines_to_next_cell=2,
            slideshow={"slide_type": "slide"},
        )
    notebook["metadata"].update(jupytext={"formats": "ipynb,py:percent"}, orig_nbformat=4, vscode={"interpreter": {}})
    return notebook
