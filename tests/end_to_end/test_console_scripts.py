"""Console scripts in processes of their own: ``--user-dir``, exit statuses, Ctrl-C, kills. Each starts in seconds.

All other tests call the functions behind the scripts; the first test here shows that this is the same.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from pathlib import Path

from tests.ablation.test_interruptions import files
from tests.end_to_end.conftest import TRANSLATION, World
from tests.end_to_end.trained_curves import command, joint_curve
from tests.running import SCRIPTS, Completed, output_of, run, run_apart, sentence_of


def generate(world: World, *flags: object) -> list[object]:
    model = ["--path", world.model("joint"), "--gen-subset", "test", "--beam", 2]
    return ["fairseq-generate", world.data, *TRANSLATION, *model, *flags]


def test_script__does_what_its_function_does_in_this_process(world, tmp_path):
    mask = ["--mask-neurons", "encoder.1.*", "--mask-value", 0.5]
    apart, here = (
        starting(*generate(world, *mask, "--dump-activations", tmp_path / name))
        for starting, name in ((run_apart, "apart"), (run, "here"))
    )
    lines = [re.findall(r"^[STHDP]-\d+\t.*$", output_of(done), re.MULTILINE) for done in (apart, here)]
    assert lines[0] == lines[1] and len(lines[0]) == 5 * 30
    assert files(tmp_path / "apart") == files(tmp_path / "here")


def test_wrong_input_to_a_script__is_one_sentence_and_exit_status_1(world, tmp_path):
    extract = [f"checkpoint={world.model('joint')}", f"data={world.data}"]
    scripts = [
        generate(world, "--mask-neurons", 32),
        ["fairseq-neurons-extract", *extract, f"out={tmp_path / 'a'}", "dtype=float64"],
    ]
    sentences = ["Neuron 32 is out of range", "dtype=float64"]
    for script, sentence in zip(scripts, sentences, strict=True):
        assert sentence in sentence_of(run_apart(*script))
    assert not (tmp_path / "a").exists()


def test_interrupted_command__says_so_and_can_be_completed(world, tmp_path):
    settings = joint_curve(world, tmp_path)
    done = _stopped(*command(settings), once=Path(settings.out) / "curve.jsonl", by=signal.SIGINT)
    assert done.returncode == 128 + signal.SIGINT
    assert done.stderr.strip().splitlines()[-1] == "fairseq-neurons-ablate: interrupted"
    assert "Traceback" not in done.stderr


def test_killed_generate__leaves_no_dump_and_the_next_run_makes_it(world, tmp_path):
    script = generate(world, "--dump-activations", tmp_path / "a", "--batch-size", 1)
    done = _stopped(*script, once=tmp_path / "a.partial" / "activations.npy", by=signal.SIGKILL)
    assert done.returncode == -signal.SIGKILL
    assert not (tmp_path / "a").exists()
    output_of(run(*script))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a"]


def _stopped(program: str, *arguments: object, once: Path, by: signal.Signals) -> Completed:
    """Start a console script, and send a signal once a file is there."""
    typed = [str(SCRIPTS / program), *map(str, arguments)]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    with subprocess.Popen(typed, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while not once.exists() and process.poll() is None:
            time.sleep(0.005)
        process.send_signal(by)
        out, err = process.communicate()
    return subprocess.CompletedProcess(typed, process.returncode, out, err)
