/** Prints what an interpreter has, in one line of JSON: argv is its rank, how `python:` names it, its program, and the packages to look for. Nothing of theirs is imported. */
export const tellInterpreter = `import json, os, sys
from importlib import metadata, util
sys.path = [entry for entry in sys.path if entry]
rank, named, program, wanted = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:]
def there(name):
    try:
        spec = util.find_spec(name)
        return spec is not None and spec.origin is not None
    except Exception:
        return False
found = {}
for name in wanted:
    try:
        found[name] = metadata.version(name)
    except Exception:
        if there(name):
            found[name] = None
release = os.path.join(os.path.dirname(program), "VERSION")
if os.path.basename(program) == "python.sh" and os.path.isfile(release):
    with open(release) as file:
        found["isaacsim"] = file.read().split("+")[0].strip()
os.write(1, b"\\n%s\\n" % json.dumps({"farsim": 1, "rank": rank, "python": named, "path": program, "prefix": os.path.realpath(sys.prefix), "version": ".".join(map(str, sys.version_info[:3])), "packages": found}).encode())`;

/**
 * Runs {@link tellInterpreter}, $1, for the packages $2 (separated by blanks) in each interpreter that it finds: those named after them, `python3`, conda's environments, Isaac
 * Sim's, those of the path and of pyenv, virtual environments in and under the home; what is found first has the lower rank. None of them may take longer than $3 seconds.
 */
export const lookForInterpreters = `probe=$1 packages=$2 seconds=$3
shift 3
rank=0
limit=
if command -v timeout > /dev/null; then limit="timeout $seconds"; fi
try() {
  if [ ! -x "$2" ] || [ -d "$2" ] || [ "$rank" -ge 60 ]; then return 0; fi
  rank=$((rank + 1))
  (cd / && exec $limit "$2" -c "$probe" "$rank" "$1" "$2" $packages < /dev/null 2> /dev/null) &
}
for given; do
  case $given in '~/'*) given=$HOME/\${given#'~/'} ;; esac
  if [ -d "$given" ]; then given=\${given%/}/bin/python; fi
  try "$given" "$given"
done
try python3 "$(command -v python3)"
for conda in "$CONDA_EXE" "$(command -v conda)" ~/miniconda3/bin/conda ~/anaconda3/bin/conda ~/miniforge3/bin/conda ~/mambaforge/bin/conda /opt/conda/bin/conda /opt/miniconda3/bin/conda /opt/miniforge3/bin/conda; do
  if [ ! -x "$conda" ]; then continue; fi
  root=\${conda%/*/*}
  for environment in "$root"/envs/*; do try "conda:\${environment##*/}" "$environment/bin/python"; done
  try conda:base "$root/bin/python"
  break
done
if [ -r ~/.conda/environments.txt ]; then
  while read -r environment; do try "$environment/bin/python" "$environment/bin/python"; done < ~/.conda/environments.txt
fi
for script in /isaac-sim/python.sh ~/isaac*sim*/python.sh ~/.local/share/ov/pkg/isaac*sim*/python.sh /opt/isaac*sim*/python.sh ~/IsaacLab/_isaac_sim/python.sh /workspace/isaaclab/_isaac_sim/python.sh; do
  try "$script" "$script"
done
for settings in "$VIRTUAL_ENV"/pyvenv.cfg ~/.venv/pyvenv.cfg ~/*/pyvenv.cfg ~/*/.venv/pyvenv.cfg ~/*/*/pyvenv.cfg ~/.virtualenvs/*/pyvenv.cfg ~/.local/share/virtualenvs/*/pyvenv.cfg; do
  if [ -f "$settings" ]; then try "\${settings%/*}/bin/python" "\${settings%/*}/bin/python"; fi
done
for python in "\${PYENV_ROOT:-$HOME/.pyenv}"/versions/*/bin/python; do try "$python" "$python"; done
IFS=:
set -- $PATH
unset IFS
for folder; do
  case $folder in */shims) continue ;; esac
  for python in "$folder"/python3.[0-9] "$folder"/python3.[0-9][0-9]; do try "$python" "$python"; done
done
wait`;
