import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Says what conda 26's own hook comes to for activation: a shell function that puts the environment first and sources its activate.d. */
const hook = `conda() {
  env=$root/envs/$2
  if [ ! -d "$env" ]; then
    echo "EnvironmentNameNotFound: Could not find conda environment: $2" >&2
    return 1
  fi
  export CONDA_PREFIX=$env CONDA_DEFAULT_ENV=$2 PATH=$env/bin:$PATH
  for script in "$env"/etc/conda/activate.d/*.sh; do . "$script"; done
}`;

/** Makes an installation of conda with one environment, `sim`, whose activation sets ENGINE_HOME and is talkative; gives its program. */
export async function makeConda(folder: string): Promise<string> {
  const environment = path.join(folder, 'envs/sim');
  const scripts = path.join(environment, 'etc/conda/activate.d');
  await mkdir(scripts, { recursive: true });
  await mkdir(path.join(environment, 'bin'), { recursive: true });
  await mkdir(path.join(folder, 'bin'));
  const python = '#!/bin/sh\nexec python3 "$@"\n';
  await writeFile(path.join(environment, 'bin/python'), python, { mode: 0o755 });
  await writeFile(
    path.join(scripts, 'engine.sh'),
    'export ENGINE_HOME=$CONDA_PREFIX/engine\necho "engine found"\n',
  );
  const conda = path.join(folder, 'bin/conda');
  const program = `#!/bin/sh\n[ "$*" = "shell.posix hook" ] || exit 2\necho 'root=${folder}'\ncat <<'END'\n${hook}\nEND\n`;
  await writeFile(conda, program, { mode: 0o755 });
  return conda;
}
