# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What tools/run and tools/test share. Sourced, never run. Everything said here goes to stderr:
# the callers' stdout belongs to their result.
#
# Some names are set here for the callers alone.
# shellcheck disable=SC2034

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

# Cron and some CI runners start without HOME.
: "${HOME:=$(getent passwd "$(id -u)" | cut -d: -f6)}"
export HOME

STATE="${XDG_STATE_HOME:-$HOME/.local/state}/adpath/installed"
CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/adpath"

# Enough for any C plugin of Wireshark. gcc only recommends libc6-dev, hence by name.
BUILD_PACKAGES=(cmake gcc libc6-dev make wireshark-dev tshark cmark-gfm)

# A display, and the eyes for it: tests/gui reads windows as a screen reader does.
GUI_TEST_PACKAGES=(wireshark xvfb xdotool dbus-daemon at-spi2-core python3-gi gir1.2-atspi-2.0)

# What finds inputs of its own for the parsers: clang with libFuzzer and the sanitizers' libraries.
FUZZ_PACKAGES=(clang libclang-rt-dev)

# A browser without a window, which opens and prints the HTML page, and what reads the print.
BROWSER_TEST_PACKAGES=(chromium-headless-shell poppler-utils)

say() {
    printf 'adpath: %s\n' "$*" >&2
}

die() {
    say "$*"
    exit 1
}

# status_of_verdict WORD: the exit status for what -z adpath,verdict prints. Not one of tshark's own
# (below 10), nor one of a shell's (from 126 on).
status_of_verdict() {
    case $1 in
    healthy) echo 0 ;;
    faulty) echo 20 ;;
    not-judged) echo 21 ;;
    *) echo 1 ;;
    esac
}

is_root() {
    [ "$(id -u)" -eq 0 ]
}

# checkout_version: as the build has it; by cmake/version.cmake, or, before there is a cmake, by the same questions.
checkout_version() {
    local number tag='' commit='' git=(env TZ=UTC git -c 'safe.directory=*' -C "$ROOT")

    number=$(sed -n 's/^set(ADPATH_VERSION \(.*\))$/\1/p' "$ROOT/plugins/adpath/version.cmake")
    if cmake -D "PROJECT_SOURCE_DIR=$ROOT" -D "PROJECT_VERSION=$number" -P "$ROOT/cmake/version.cmake" 2>/dev/null; then
        return
    fi
    if [ -e "$ROOT/.git" ]; then
        tag=$("${git[@]}" describe --tags --exact-match --match "v$number" 2>/dev/null || true)
        commit=$("${git[@]}" log -1 --abbrev=7 --date=format-local:%Y%m%d%H%M%S --format=%cd+g%h 2>/dev/null || true)
    fi
    if [ -n "$tag" ]; then
        printf '%s\n' "$number"
    else
        printf '%s\n' "$number-dev${commit:+.$commit}"
    fi
}

# interrupted STATUS LOG: did the command end by Ctrl-C? Make and cmake may get it before this script does, and then
# end as if something had failed.
interrupted() {
    [ "$1" -eq 130 ] || { [ "$1" -ne 0 ] && tail -n 20 "$2" | grep -qE '\] Interrupt$|interrupted by user'; }
}

# watched WHAT LOG COMMAND...: runs it, with its words into LOG, and says from time to time that it still
# runs. Ctrl-C ends all, and is no fault of the command.
watched() {
    local what=$1 log=$2 status=0 stopped='' ticker before never
    shift 2

    exec {never}<> <(:) # nothing ever comes, so that a read waits without a process of its own
    (
        trap '' INT
        seconds=0
        while ! read -rt 15 -u "$never"; do
            seconds=$((seconds + 15))
            # As make prints it: "[ 12%] Building C object".
            done=$(sed -n 's/^\[ *\([0-9]*%\)\] .*/, \1 done/p' "$log" | tail -n 1)
            say "... still $what ($seconds s$done)"
        done
    ) </dev/null >/dev/null &
    ticker=$!
    before=$(trap -p INT)
    trap 'stopped=yes' INT
    LC_MESSAGES=C "$@" </dev/null >>"$log" 2>&1 || status=$?
    kill "$ticker" 2>/dev/null || true
    wait "$ticker" 2>/dev/null || true
    exec {never}<&-
    if [ -n "$stopped" ] || interrupted $status "$log"; then
        say "stopped while $what: run this again, and it goes on"
        exit 130
    fi
    eval "${before:-trap - INT}"
    return $status
}

# remember KIND WHAT: notes in $STATE what --uninstall has to undo or to name, each once.
remember() {
    local line="$1 $2"

    if grep -qxF -e "$line" "$STATE" 2>/dev/null; then
        return
    fi
    # Without a home that can be written, all else still works.
    if ! make_dir "${STATE%/*}" || ! printf '%s\n' "$line" >>"$STATE"; then
        say "cannot note in $STATE what to undo later: $line"
    fi
}

# make_dir PATH: mkdir -p that remembers which folders are new.
make_dir() {
    local dir=$1 new=()

    while ! [ -d "$dir" ]; do
        new+=("$dir")
        dir=$(dirname "$dir")
    done
    mkdir -p "$1" || return
    for dir in "${new[@]}"; do
        remember dir "$dir"
    done
}

# The packages of the list that are not installed, one a line.
missing_packages() {
    local have name

    have=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
    for name in "$@"; do
        if ! grep -qxF "installed $name" <<<"$have"; then
            printf '%s\n' "$name"
        fi
    done
}

# dpkg_half_done: was dpkg stopped in the middle, by Ctrl-C or a lost connection?
dpkg_half_done() {
    compgen -G "${DPKG_ADMINDIR:-/var/lib/dpkg}/updates/[0-9]*" >/dev/null || [ -n "$(dpkg --audit 2>/dev/null)" ]
}

# ensure_packages NAME...: installs what is missing, without a question.
ensure_packages() {
    local missing=() as_root=() log name ask first=''

    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        say "no apt-get here, so nothing gets installed; needed are the equivalents of Debian's $*"
        return
    fi
    mapfile -t missing < <(missing_packages "$@")
    if [ ${#missing[@]} -eq 0 ]; then
        return
    fi

    if dpkg_half_done; then
        first="dpkg --configure -a && "
    fi
    ask="ask the administrator for: ${first}apt-get install --no-install-recommends ${missing[*]}
        and then run this again"
    if ! is_root; then
        if ! command -v sudo >/dev/null; then
            die "packages are missing, and there is neither root nor sudo; $ask"
        fi
        # A password can only be asked for at a terminal.
        if ! sudo -n true 2>/dev/null && ! { [ -t 0 ] && sudo -v; }; then
            die "packages are missing, and sudo is not allowed here; $ask"
        fi
        as_root=(sudo)
    fi

    say "installing ${missing[*]} (2 to 5 minutes on a bare machine)"
    log=$(mktemp)
    # apt-get refuses to begin before that. Where another apt is at work, it fails, and apt-get waits for that one.
    if [ -n "$first" ]; then
        say "an earlier installation was interrupted: finishing it first (dpkg --configure -a)"
        watched "finishing an earlier installation" "$log" \
            "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive LC_ALL=C dpkg --configure -a || true
    fi
    # noninteractive: wireshark-common would ask who may capture; its default (root only) is right.
    as_root+=(env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -q -y
        -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 -o Acquire::Retries=3)
    # A foreign source that cannot be reached is no reason to stop: the install tells.
    watched "fetching the lists of packages" "$log" "${as_root[@]}" update || true
    if ! watched "installing packages" "$log" "${as_root[@]}" install --no-install-recommends "${missing[@]}"; then
        tail -n 25 "$log" >&2
        if grep -qF 'dpkg --configure -a' "$log"; then
            rm -f "$log"
            die "an earlier installation was interrupted: $(is_root || echo 'sudo ')dpkg --configure -a
        and then run this again"
        fi
        rm -f "$log"
        die "apt-get could not install the packages: see above, put it right
        (often the network, or a stale source under /etc/apt) and run this again"
    fi
    rm -f "$log"
    for name in "${missing[@]}"; do
        remember pkg "$name"
    done
}

# build_dir NAME: build/NAME in the checkout, or a folder of its own when that cannot be written.
build_dir() {
    local dir="$ROOT/build/$1" file

    if mkdir -p "$dir" 2>/dev/null && [ -w "$dir" ]; then
        # A folder that another user has built in is of no use either.
        for file in "$dir/CMakeCache.txt" "$dir/wireshark"; do
            if [ -e "$file" ] && ! [ -w "$file" ]; then
                dir=
                break
            fi
        done
        if [ -n "$dir" ]; then
            printf '%s\n' "$dir"
            return
        fi
    fi
    # The number keeps two checkouts apart.
    dir="$CACHE/$1-$(cksum <<<"$ROOT" | cut -d' ' -f1)"
    mkdir -p "$dir" || die "cannot make the folder $dir: set XDG_CACHE_HOME to one that can be written"
    printf '%s\n' "$dir"
}

# build DIR CMAKE-ARGUMENT...: configures when needed, builds what changed, and is silent when well.
build() {
    local dir=$1 wanted home status=0 log
    shift

    home=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$dir/CMakeCache.txt" 2>/dev/null || true)
    if [ -n "$home" ] && [ "$home" != "$ROOT" ]; then
        # The checkout was moved or copied together with its build folder.
        rm -rf "${dir:?}"
        mkdir -p "$dir"
    fi

    log="$dir/adpath-build.log"
    : >"$log"
    # CMake by itself does not notice that a preset has changed.
    wanted="$* $(cksum <"$ROOT/CMakePresets.json")"
    if [ "$(cat "$dir/adpath-arguments" 2>/dev/null)" != "$wanted" ]; then
        say "configuring $dir"
        watched configuring "$log" cmake -S "$ROOT" -B "$dir" "$@" || status=$?
        grep '^adpath: ' "$log" >&2 || true
        if [ $status -eq 0 ]; then
            printf '%s\n' "$wanted" >"$dir/adpath-arguments"
        fi
    fi
    if [ $status -eq 0 ]; then
        watched building "$log" cmake --build "$dir" --parallel "$(nproc)" || status=$?
    fi
    if [ $status -ne 0 ]; then
        cat "$log" >&2
        die "the build in $dir failed: see above; if the source is as released, rm -rf $dir
        and run this again"
    fi
}

# Where this tshark looks: sets PERSONAL_PLUGINS and GLOBAL_PLUGINS, both ending in its version.
find_plugin_dirs() {
    local folders

    if folders=$(tshark -G folders 2>/dev/null); then
        PERSONAL_PLUGINS=$(sed -n 's/^Personal Plugins:[[:space:]]*//p' <<<"$folders")
        GLOBAL_PLUGINS=$(sed -n 's/^Global Plugins:[[:space:]]*//p' <<<"$folders")
    else
        # tshark itself does not start, perhaps for a broken plugin that is to be replaced.
        GLOBAL_PLUGINS=$(pkg-config --variable=plugindir wireshark 2>/dev/null || true)
        PERSONAL_PLUGINS="$HOME/.local/lib/wireshark/plugins/${GLOBAL_PLUGINS##*/}"
    fi
    if [ -z "$GLOBAL_PLUGINS" ]; then
        die "tshark does not say where it looks for plugins: see what 'tshark -G folders' prints"
    fi
}

# built_module DIR: the module in a build folder, if it fits the installed Wireshark.
built_module() {
    local module="$1/wireshark/${GLOBAL_PLUGINS##*/}/epan/adpath.so"

    if ! [ -f "$module" ]; then
        die "the plugin was built for another Wireshark than the tshark on PATH, which wants
        ${GLOBAL_PLUGINS##*/}: install wireshark-dev and tshark of one version, rm -rf $1,
        and run this again"
    fi
    printf '%s\n' "$module"
}

# build_for_tests [INTEGRATION [QUICK]]: sets $release and $asan, the folders of the two builds, and exports their modules.
# INTEGRATION "yes": the module alone, without the unit tests, by the build of tools/run.
# QUICK, any word: without sanitizers, the second module is the first.
build_for_tests() {
    local preset=test

    if [ -n "${1-}" ]; then
        preset=release
    fi
    release=$(build_dir $preset)
    asan=$release
    if [ -z "${2-}" ]; then
        asan=$(build_dir asan)
    fi
    say "--- build for release, in $release"
    build "$release" --preset $preset
    if [ $preset = release ] && ! cmake --build "$release" --target adpath_warm >/dev/null 2>&1; then
        say "tests/warm does not build here: the tests take longer, as each starts tshark by itself"
    fi
    if [ -z "${2-}" ]; then
        say "--- build with sanitizers, in $asan"
        build "$asan" --preset asan
    fi
    find_plugin_dirs
    ADPATH_MODULE=$(built_module "$release")
    ADPATH_MODULE_ASAN=$(built_module "$asan")
    export ADPATH_MODULE ADPATH_MODULE_ASAN
}

# pytest_result LOG: its closing line without frame and time, as "12 passed, 1 skipped".
pytest_result() {
    sed -n 's/^=* *\([0-9]\{1,\} [a-z]\{1,\}\(, [0-9]\{1,\} [a-z]\{1,\}\)*\) in [0-9.]\{1,\}s.*$/\1/p' "$1" |
        tail -n 1
}

# count RESULT WORD...: how many of these such a line counts together.
count() {
    local result=$1 sum=0 word number
    shift

    for word in "$@"; do
        number=$(grep -oE "[0-9]+ $word\b" <<<"$result" | cut -d' ' -f1) || number=0
        sum=$((sum + number))
    done
    printf '%s\n' $sum
}
