"""Installing on an empty machine: what the locks may hold, and what the scripts say when they can't go on."""

import os
import re
import stat
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-test.lock", "requirements-local-ai.lock")
SCRIPTS = ("bootstrap", "lock", "system-test")


def lock(name):
    return (ROOT / name).read_text(encoding="utf-8")


def locked(text):
    return {
        found.lower().replace("_", "-").replace(".", "-")
        for found in re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)
    }


def wanted(*extras):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [
        *project["dependencies"],
        *(each for name in extras for each in project["optional-dependencies"][name]),
    ]
    return {
        re.match(r"[A-Za-z0-9._-]+", line)[0].lower().replace("_", "-").replace(".", "-") for line in lines
    }


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_no_address_and_no_path_of_a_machine(name):
    assert not re.search(r"https?:|file:|--index|--find-links|/home/|/root|/tmp|/work", lock(name))


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_hashes(name):
    entries = re.findall(r"^\S+==\S+.*\n(?:    --hash=.*\n)*", lock(name), re.MULTILINE)
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)


def test_the_locks_hold_what_the_project_asks_for():
    assert wanted("install") <= locked(lock("requirements.lock"))
    assert wanted("install", "test") <= locked(lock("requirements-test.lock"))
    assert wanted("install", "local-ai") <= locked(lock("requirements-local-ai.lock"))


@pytest.mark.parametrize("name", LOCKS[1:])
def test_the_other_locks_agree_with_the_first(name):
    pins = re.compile(r"^\S+==[^ \\]+(?: ;[^\\]+)?", re.MULTILINE)
    assert set(pins.findall(lock("requirements.lock"))) <= set(pins.findall(lock(name)))


def test_debian_12s_own_python_gets_versions_that_it_can_run():
    assert re.search(
        r"^soupsieve==\S+ ; python_full_version < '3\.11\.5'", lock("requirements.lock"), re.MULTILINE
    )


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_can_be_run_and_read_by_bash(name):
    script = ROOT / "scripts" / name
    assert script.stat().st_mode & stat.S_IXUSR
    subprocess.run(["bash", "-n", script], check=True)


@pytest.fixture
def bare_machine(tmp_path):
    """A PATH with a shell's own tools and nothing to install with."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("bash", "env", "dirname", "mkdir", "flock", "id", "cat", "cut", "sha256sum"):
        (tools / name).symlink_to(Path("/usr/bin") / name)
    return tools


def bootstrap(tools, tmp_path, *what, **more):
    env = {"PATH": str(tools), "VENV": str(tmp_path / "venv"), **more}
    return subprocess.run(
        [ROOT / "scripts" / "bootstrap", *what], env=env, capture_output=True, text=True, check=False
    )


def test_without_a_python_the_person_is_told_what_to_install(bare_machine, tmp_path):
    done = bootstrap(bare_machine, tmp_path, "run")
    assert done.returncode == 1
    assert "Cần Python 3.11 trở lên" in done.stderr


def test_an_old_python_is_not_taken(bare_machine, tmp_path):
    (bare_machine / "python3").write_text("#!/usr/bin/bash\nexit 1\n", encoding="utf-8")
    (bare_machine / "python3").chmod(0o755)
    done = bootstrap(bare_machine, tmp_path, "run")
    assert done.returncode == 1
    assert "Cần Python 3.11 trở lên" in done.stderr


def test_a_python_that_can_make_no_venv_is_told_with_the_package_to_install(bare_machine, tmp_path):
    script = '#!/usr/bin/bash\ncase "$*" in *version_info*) exit 0;; *) exit 1;; esac\n'
    (bare_machine / "python3").write_text(script, encoding="utf-8")
    (bare_machine / "python3").chmod(0o755)
    done = bootstrap(bare_machine, tmp_path, "run")
    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr


def test_an_installed_state_is_recognised_without_installing(bare_machine, tmp_path):
    venv = tmp_path / "venv" / "bin"
    venv.mkdir(parents=True)
    (venv / "python").write_text('#!/usr/bin/bash\ncase "$*" in *install*) exit 7;; *) echo Python;; esac\n')
    (venv / "python").chmod(0o755)
    assert bootstrap(bare_machine, tmp_path, "run").returncode == 7
    prints = subprocess.run(
        f"cat requirements.lock pyproject.toml <({venv / 'python'} -VV) | sha256sum | cut -d' ' -f1",
        cwd=ROOT,
        env=dict(os.environ),
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
        check=True,
    )
    (tmp_path / "venv" / ".bdhai-run").write_text(prints.stdout, encoding="utf-8")
    assert bootstrap(bare_machine, tmp_path, "run").returncode == 0


def test_a_change_of_the_lock_installs_anew(bare_machine, tmp_path):
    venv = tmp_path / "venv" / "bin"
    venv.mkdir(parents=True)
    (venv / "python").write_text('#!/usr/bin/bash\ncase "$*" in *install*) exit 7;; *) echo Python;; esac\n')
    (venv / "python").chmod(0o755)
    (tmp_path / "venv" / ".bdhai-run").write_text("another state\n", encoding="utf-8")
    assert bootstrap(bare_machine, tmp_path, "run").returncode == 7


def a_machine(tools, tmp_path, apt_get):
    """Add what an installed state and an own apt-get need; every other tool is the real one."""
    for name in ("cp", "rm", "dpkg-deb", "tar", "xz", "zstd"):
        if Path("/usr/bin", name).exists():
            (tools / name).symlink_to(Path("/usr/bin") / name)
    venv = tmp_path / "venv" / "bin"
    venv.mkdir(parents=True)
    (venv / "python").write_text('#!/usr/bin/bash\ncase "$*" in *install*) exit 7;; *) echo Python;; esac\n')
    (tools / "apt-get").write_text(f"#!/usr/bin/bash\n{apt_get}\n")
    (tools / "id").unlink()
    (tools / "id").write_text("#!/usr/bin/bash\necho 1000\n")
    for file in (venv / "python", tools / "apt-get", tools / "id"):
        file.chmod(0o755)


def word_list_package(folder):
    tree = folder / "tree"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "DEBIAN/control").write_text(
        "Package: hunspell-vi\nVersion: 1\nArchitecture: all\nMaintainer: Test <t@t.vn>\nDescription: test\n"
    )
    (tree / "usr/share/hunspell").mkdir(parents=True)
    (tree / "usr/share/hunspell/vi_VN.dic").write_text("1\nchè\n", encoding="utf-8")
    subprocess.run(
        ["dpkg-deb", "--build", tree, folder / "hunspell-vi_1_all.deb"], check=True, capture_output=True
    )
    return folder / "hunspell-vi_1_all.deb"


def test_without_roots_rights_the_word_list_is_put_beside_the_packages(bare_machine, tmp_path):
    package = word_list_package(tmp_path / "package")
    a_machine(bare_machine, tmp_path, f'case "$*" in *download*) cp {package} .;; *) exit 100;; esac')
    done = bootstrap(bare_machine, tmp_path, "run", DICTIONARIES=str(tmp_path / "none"))
    assert done.returncode == 7  # went on to install the packages
    assert (tmp_path / "venv/share/hunspell/vi_VN.dic").read_text(encoding="utf-8") == "1\nchè\n"
    assert "từ điển" not in done.stderr


def test_without_a_word_list_the_rest_is_installed_and_the_person_is_told(bare_machine, tmp_path):
    a_machine(bare_machine, tmp_path, "exit 100")
    done = bootstrap(bare_machine, tmp_path, "test", DICTIONARIES=str(tmp_path / "none"))
    assert done.returncode == 7
    assert "sudo apt-get install hunspell-vi" in done.stderr
    (tmp_path / "has").mkdir()
    (tmp_path / "has/vi_VN.dic").write_text("1\nchè\n", encoding="utf-8")
    again = bootstrap(bare_machine, tmp_path, "test", DICTIONARIES=str(tmp_path / "has"))
    assert "hunspell-vi" not in again.stderr
