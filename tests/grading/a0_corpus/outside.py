"""What reaches out of the notebook: shell, magics, screens, keyboards, files, processes, the network."""

from a0_corpus.course import RIGHT, above, answered, cell_of, insert
from a0_corpus.entry import honest

BODY = "    return x - dt * rate * x"


@honest(changes=("!pip install -q tqdm seaborn", "%pip install --upgrade numpy", "!apt-get", "!pip freeze"))
def installs_packages():
    """Packages are installed in every way there is, over several lines, and into a variable."""
    return above(
        "q1",
        "!pip install -q tqdm \\\n    seaborn\n%pip install --upgrade numpy\n!apt-get -y install x\nhave = !pip freeze",
    )


@honest(changes=("Not run: %%time", "Not run: %%timeit -n 1", "Not run: %%capture out"))
def timed_cells():
    """Whole cells are timed or silenced."""
    return answered(q1=f"%%time\n{RIGHT['q1']}", q2=f"%%timeit -n 1\n{RIGHT['q2']}", q3=f"%%capture out\n{RIGHT['q3']}")


@honest(changes=("Not run: %%bash", "Not run: %%html", "Not run: %%javascript"))
def cells_in_other_languages():
    """Shell, HTML and script cells of the student's own."""
    return insert(answered(), "q1-text", "%%bash\nls -la\nnvidia-smi", "%%html\n<b>Hello</b>", "%%javascript\nalert(1)")


@honest()
def a_module_of_ones_own():
    """A helper module is written by a cell and imported by the answer."""
    notebook = answered(q1="from helpers import decay\n\ndef step(x, rate, dt):\n    return decay(x, rate * dt)")
    return insert(notebook, "setup", "%%writefile helpers.py\ndef decay(x, a):\n    return (1 - a) * x")


@honest()
def a_module_in_colabs_folder():
    """The same, in a folder made for it, by its full path in Colab; then reloaded."""
    notebook = answered(
        q2="import sys, importlib\nsys.path.append('/content')\nimport lib.layers\n"
        "importlib.reload(lib.layers)\ndef drive(W, x):\n    return lib.layers.layer(W, x)"
    )
    layer = "import numpy as np\ndef layer(W, x):\n    return np.tanh(x @ W.T)"
    return insert(notebook, "setup", "!mkdir -p /content/lib", f"%%writefile /content/lib/layers.py\n{layer}")


@honest(
    changes=("%matplotlib widget", "%load_ext autoreload", "%autoreload 2", "%config InlineBackend", "%cd /content")
)
def the_usual_first_lines():
    """Magics that set a notebook up."""
    lines = "%matplotlib widget\n%load_ext autoreload\n%autoreload 2\n%config InlineBackend.figure_format = 'retina'"
    return above("q1", f"{lines}\n%cd /content\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()")


@honest(changes=("%pylab inline",))
def names_from_pylab():
    """`%pylab` brings names in bulk, and the answer uses them."""
    return answered(
        q3="%pylab inline\ndef orbit(W, x0, n):\n    x = [x0]\n    for _ in range(n):\n"
        "        x.append(tanh(dot(W, x[-1])))\n    return array(x)"
    )


@honest()
def what_only_looks_like_a_magic():
    """A remainder at the start of a line, commands in texts and comments, a help line, a timed line."""
    lines = 'r = (7\n% 3)\nnote = """\n!ls\n%cd /\n"""\n# !pip install torch\nnp.tanh?\n%time s = np.ones(3) % 2'
    return above("q2", lines)


@honest()
def a_script_that_was_a_notebook():
    """The lines that an exported notebook has in the place of magics."""
    return above(
        "q1",
        "get_ipython().run_line_magic('matplotlib', 'inline')\nget_ipython().system('pip install x')\n"
        "found = get_ipython().getoutput('ls')\nget_ipython().magic('cd /')",
    )


@honest()
def a_window_for_figures():
    """A backend with windows, interactive mode, and figures shown and saved inside a function."""
    lines = 'import matplotlib\nmatplotlib.use("TkAgg")\nimport matplotlib.pyplot as plt\nplt.ion()'
    body = "    plt.figure()\n    plt.plot(x)\n    plt.show(block=True)\n    plt.pause(0.001)\n    plt.savefig('x.png')"
    return answered(q1=f"{lines}\ndef step(x, rate, dt):\n{body}\n{BODY}")


@honest()
def switches_the_backend():
    """The same through pyplot and rcParams."""
    lines = "import matplotlib.pyplot as plt\nplt.switch_backend('Qt5Agg')\nplt.rcParams['backend'] = 'WebAgg'"
    return answered(q2=f"{lines}\ndef drive(W, x):\n    plt.subplots()\n    return np.tanh(x @ W.T)")


@honest()
def asks_at_the_keyboard():
    """Questions to a person who is not there, above the function and in it."""
    lines = "import getpass, sys\nname = input('Your name? ')\nsecret = getpass.getpass()\nn = int(input('How many? '))"
    return answered(q1=f"{lines}\ndef step(x, rate, dt):\n    input('Go on?')\n    sys.stdin.readline()\n{BODY}")


@honest()
def writes_files():
    """Files in the working folder, in the temporary one and where Colab keeps its own, in the function too."""
    lines = """import os, tempfile
os.makedirs("/content/drive/MyDrive/out", exist_ok=True)
np.savetxt("/content/drive/MyDrive/out/table.txt", np.eye(2))
with open(os.path.join(tempfile.gettempdir(), "log.txt"), "w") as log:
    log.write("started")"""
    body = "    np.save('last.npy', x)\n    with open('/content/log.txt', 'a') as log:\n        print(n, file=log)"
    return answered(
        q1=f"{lines}\nn = 1\ndef step(x, rate, dt):\n{body}\n    return np.load('last.npy') * (1 - dt * rate)"
    )


@honest()
def changes_the_folder():
    """The working folder is changed, and removed."""
    return above("q2", 'import os\nos.makedirs("work", exist_ok=True)\nos.chdir("work")\nos.rmdir("../work")')


@honest()
def a_file_that_is_not_there():
    """The student's own table lies on another computer; the function stands below the line that fails."""
    return above("q3", 'table = np.loadtxt("my_data.csv")\nmeans = table.mean(0)\nprint(means)')


@honest()
def a_server_that_is_not_there():
    """A download that fails."""
    return above("q1", "import urllib.request\nurllib.request.urlretrieve('http://127.0.0.1:9/x.npz', 'x.npz')")


@honest()
def progress_bars():
    """Bars of tqdm in each of its forms, and one made by hand."""
    lines = (
        "from tqdm import tqdm, trange\nfrom tqdm.auto import tqdm as auto\nfrom tqdm.notebook import tqdm as nice\n"
    )
    body = "    for k in auto(nice(trange(n))):\n        print(f'\\r{k}/{n} [=>  ]', end='', flush=True)"
    return answered(
        q3=f"{lines}import time\ndef orbit(W, x0, n):\n    x = [x0]\n{body}\n"
        "        x.append(np.tanh(W @ x[-1]))\n    return np.array(x)"
    )


@honest()
def sliders():
    """A slider and a display that is redrawn."""
    lines = """from IPython.display import HTML, clear_output, display
from ipywidgets import FloatSlider, Output, interact
out = Output()
with out:
    print("inside")
interact(lambda a: a, a=FloatSlider(min=0, max=1))
display(HTML("<b>bold</b>"), out)
clear_output(wait=True)"""
    return above("q2", lines)


@honest()
def many_prints():
    """Three megabytes of prints, warnings and log lines, above the function and in it."""
    lines = "import logging, sys, warnings\nlogging.basicConfig(level=logging.DEBUG)\nprint('x' * 3_000_000)"
    body = "    warnings.warn('loud')\n    logging.warning('louder')\n    print(x)\n    sys.stderr.write('50%|##  |')"
    return answered(q1=f"{lines}\nwarnings.warn('first')\ndef step(x, rate, dt):\n{body}\n{BODY}\n12345")


@honest()
def workers_of_a_loader():
    """Batches come from torch's DataLoader with two workers, inside the function."""
    return answered(
        q2="""from torch.utils.data import DataLoader, TensorDataset
import torch

def drive(W, x):
    loader = DataLoader(TensorDataset(torch.as_tensor(x)), batch_size=2, num_workers=2)
    return torch.cat([torch.tanh(batch @ torch.as_tensor(W).T) for (batch,) in loader])"""
    )


@honest()
def processes_and_threads():
    """A pool of processes and one of threads."""
    return answered(
        q1="""from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context

def one(row):
    return row * 1.0

def step(x, rate, dt):
    with get_context("fork").Pool(2) as pool, ThreadPoolExecutor(2) as threads:
        rows = np.array(list(threads.map(one, pool.map(one, x))))
    return rows - dt * rate * rows"""
    )


@honest()
def awaits():
    """A cell that awaits, and a loop of its own inside the function."""
    return answered(
        q1="""import asyncio

async def later(value):
    await asyncio.sleep(0)
    return value

factor = await later(1.0)

def step(x, rate, dt):
    return asyncio.run(later(x - factor * dt * rate * x))"""
    )


@honest()
def a_script_with_a_main():
    """The notebook was written as a script: a main, its arguments, an exit at the end."""
    return answered(
        q3=f"import argparse, sys\n{RIGHT['q3']}\n\ndef main():\n    parser = argparse.ArgumentParser()\n"
        "    parser.add_argument('--n', type=int, required=True)\n    print(parser.parse_args().n)\n\n"
        'if __name__ == "__main__":\n    main()\n    sys.exit(0)'
    )


@honest()
def exits():
    """Cells that end with an exit, above and below the functions."""
    notebook = answered(q1=f"import sys\n{RIGHT['q1']}\nsys.exit('done')", q2=f"exit()\n{RIGHT['q2']}\nquit()")
    return insert(notebook, "doctor", "raise SystemExit")


@honest()
def a_figure_that_fails():
    """A line in the middle of the cell fails; what stands below it is the answer."""
    return above("q1", "import matplotlib.pyplot as plt\nplt.no_such_plot()\nassert False, 'never mind'\nGAIN = 1")


@honest(changes=("q1-check was there 2 times", "doctor was there 2 times"))
def calls_the_course():
    """The course's own calls in the student's cells: checks, the doctor, the cell's words."""
    notebook = insert(answered(), "q1-answer", 'check("q1", step)', "doctor()", "from course_lib.student import probe")
    cell_of(notebook, "q2-answer")["source"] += '\ncheck("q2", drive)'
    return notebook


@honest(changes=("%run helper.py", "%debug", "%store table", "%env OMP_NUM_THREADS=4"))
def other_magics():
    """Magics for scripts, debugging and storing."""
    return above("q3", "%run helper.py\n%debug\n%store table\n%env OMP_NUM_THREADS=4")
