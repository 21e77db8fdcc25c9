/** Launches lie in the host's home; each has a folder with `out` and `err` of its command, `pid` of its group, and `status` once it ended. */
const launches = '"$HOME/.cache/farsim/launches"';

/** Becomes the leader of a session of its own, runs the command in its group and stays to tell its status. $0: the folder. */
export const runLaunch = `set -e
trap : HUP INT TERM
read -r stat < /proc/$$/stat
folder=$0
rm -f -- "$folder/order"
line=$(set -- \${stat##*) } && echo "$$ \${20} $(uname -n)")
echo "$line" > "$folder/pid.new"
mv -- "$folder/pid.new" "$folder/pid"
set +e
"$@"
echo $? > "$folder/status.new"
mv -- "$folder/status.new" "$folder/status"`;

/** Starts {@link runLaunch}, $3, for the words after it with its own input of $2 bytes, once for each name $1; forgets launches that ended days ago. */
export const beginLaunch = `set -eu
umask 077
folder=${launches}/$1
bytes=$2
runner=$3
shift 3
if [ -d "$folder" ]; then exit 0; fi
command -v setsid > /dev/null || { echo "it has no program setsid (util-linux)" >&2; exit 127; }
mkdir -p -- "\${folder%/*}"
find "\${folder%/*}" -name status -mtime +1 -exec sh -c 'rm -rf -- "\${1%/*}"' sh {} ';' || :
find "\${folder%/*}" -name pid -mtime +30 -exec sh -c 'rm -rf -- "\${1%/*}"' sh {} ';' || :
order=$folder.$$.order
trap 'rm -f -- "$order"' EXIT
trap 'exit 1' HUP INT TERM
cat > "$order"
[ "$(wc -c < "$order")" -eq "$bytes" ] || { echo "the order came incomplete" >&2; exit 1; }
mkdir -- "$folder"
mv -- "$order" "$folder/order"
setsid sh -c "$runner" "$folder" "$@" < "$folder/order" > "$folder/out" 2> "$folder/err" &`;

const tellLaunch = `tell() {
  cat -- "$folder/out"
  echo
  if [ -n "$over" ]; then echo "farsim ended $over"; fi
  tail -n 20 "$folder/err" >&2
}
`;

const aboutLaunch = `folder=${launches}/$1
began() { read -r stat < "/proc/$1/stat" && set -- \${stat##*) } && echo "\${20}"; } 2> /dev/null
known() { [ -s "$folder/pid" ] && read -r pid start where < "$folder/pid"; }
here() { [ "$where" = "$(uname -n)" ]; }
lives() { [ ! -e "$folder/status" ] && [ "$(began "$pid")" = "$start" ]; }
rest() { sleep 0.2 2> /dev/null || sleep 1; }
`;

/**
 * Waits until the launch $1 has said a line of the bridge's or is over, then prints what it said and how it ended;
 * with $2 at once. Meanwhile it prints each second what the command last said, and ends when nobody reads that any more.
 */
export const followLaunch = `${aboutLaunch}${tellLaunch}n=0
while :; do
  over=
  if [ -e "$folder/status" ]; then over=$(cat -- "$folder/status")
  elif known; then if here && ! lives && [ ! -e "$folder/status" ]; then over=killed; fi
  elif [ ! -d "$folder" ] || [ "$n" -gt 50 ]; then echo "farsim gone"; exit 0
  fi
  if [ -n "$over$2" ] || grep -q '{"farsim".*}$' "$folder/out" 2> /dev/null; then
    tell
    exit 0
  fi
  if [ $((n % 5)) -eq 0 ]; then echo "farsim waits $(tail -n 1 "$folder/err" 2> /dev/null)" || exit 1; fi
  n=$((n + 1))
  rest
done`;

/** Ends the group of the launch $1 unless it ends by itself within $2 fifths of a second, prints the same as {@link followLaunch} then, and forgets it. */
export const endLaunch = `${aboutLaunch}${tellLaunch}within() { n=$1; while lives; do [ "$n" -gt 0 ] || return 1; n=$((n - 1)); rest; done; }
patience=$2
if ! known && mv -- "$folder" "$folder.ended"; then
  # what has not told its number by now cannot begin any more
  folder=$folder.ended
  patience=0
fi 2> /dev/null
if known; then
  if ! here; then
    if [ ! -e "$folder/status" ]; then echo "farsim elsewhere $where $pid"; exit 0; fi
  elif ! within "$patience"; then
    for try in 1 2 3 4 5; do
      kill -s TERM -- "-$pid"
      if within 5; then break; fi
    done
    within 0 || kill -s KILL -- "-$pid"
    within 10 || :
  fi
fi
over=$(cat -- "$folder/status" 2> /dev/null) || over=killed
if [ -e "$folder/out" ]; then tell; fi
rm -rf -- "$folder"`;

/** Prints the name of each launch that is not over and what it said, of those whose name begins with $1; of one that has said nothing yet, how many seconds it is old and the last line of its errors. */
export const listLaunches = `for folder in ${launches}/"$1"*; do
  if [ -e "$folder/status" ] || [ ! -s "$folder/pid" ]; then continue; fi
  echo "farsim launch \${folder##*/}"
  if [ -s "$folder/out" ]; then cat -- "$folder/out"
  else
    read -r pid start where < "$folder/pid"
    if [ "$where" = "$(uname -n)" ] && [ ! -d "/proc/$pid" ]; then continue; fi
    began=$(stat -c %Y -- "$folder/pid" 2> /dev/null || date +%s)
    echo "farsim queued $(($(date +%s) - began)) $(tail -n 1 "$folder/err" 2> /dev/null)"
  fi
done`;
