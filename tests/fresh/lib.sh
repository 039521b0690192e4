# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Raises bare systems of Debian (and Ubuntu) in temporary folders, and runs things inside. Sourced
# by tests/fresh/run, tests/matrix/run, tests/deb/run and tests/in-tree/run, which set $NAME first:
# what their messages begin with.

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)

# Give up a command inside after so many seconds, so that one that hangs does not take all with it.
: "${INSIDE_LIMIT:=3600}"

say() {
    printf '%s: %s\n' "$NAME" "$*" >&2
}

die() {
    say "$*"
    exit 1
}

# why_not: prints why no folder can be raised here; nothing when it can.
why_not() {
    local tool

    if [ "$(id -u)" -ne 0 ]; then
        echo "debootstrap and chroot need root"
        return
    fi
    for tool in debootstrap unshare chroot; do
        if ! command -v $tool >/dev/null; then
            echo "$tool is missing: apt-get install debootstrap util-linux"
            return
        fi
    done
    if ! unshare --mount --pid --fork true 2>/dev/null; then
        echo "root may not make namespaces here (a container without the right to)"
    fi
}

# begin_work: makes $WORK, which is gone when the script ends, however it ends.
begin_work() {
    local reason

    reason=$(why_not)
    if [ -n "$reason" ]; then
        die "$reason"
    fi
    CHILD=
    WORK=$(mktemp -d)
    trap clean_up EXIT
    # A trap speaks where the command that it interrupts does: into a log, mostly.
    exec {TERMINAL}>&2
    trap 'say "ended by a signal" 2>&"$TERMINAL"; exit 130' INT
    trap 'say "ended by a signal" 2>&"$TERMINAL"; exit 143' TERM HUP
    # Ordinary users inside pass through it.
    chmod 755 "$WORK"
}

clean_up() {
    trap - EXIT
    trap '' INT TERM HUP
    if [ -n "$CHILD" ]; then
        # unshare holds back all other signals while its child lives.
        kill -KILL "$CHILD" 2>/dev/null || true
        wait "$CHILD" 2>/dev/null || true
    fi
    # The mounts were the namespace's, so there is nothing but files. What is dying in there may
    # still write for a moment.
    rm -rf --one-file-system "${WORK:?}" 2>/dev/null || { sleep 2 && rm -rf --one-file-system "$WORK"; }
}

# apart COMMAND...: runs it in namespaces of its own. Its mounts and its processes end with it,
# however it ends; the status is 124 when the time is up.
apart() {
    local status=0

    unshare --mount --pid --fork --kill-child timeout -k 5 "$INSIDE_LIMIT" "$@" </dev/null &
    # A trap waits for a command in the foreground, but not for this one.
    CHILD=$!
    wait "$CHILD" || status=$?
    CHILD=
    return $status
}

# inside FOLDER COMMAND...: runs it in $WORK/FOLDER with a clean environment, as root.
inside() {
    local tree="$WORK/$1"
    shift

    # shellcheck disable=SC2016 # the inner shell's variables
    apart sh -c '
        tree=$1
        shift
        mount -t proc proc "$tree/proc" || exit
        # Terminals, for what behaves otherwise on one.
        mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$tree/dev/pts" || exit
        exec chroot "$tree" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
            HOME=/root LANG=C.UTF-8 CI=true "$@"' sh "$tree" "$@"
}

# inside_as_user FOLDER COMMAND...: the same as the ordinary user that add_user has made.
inside_as_user() {
    local folder=$1
    shift

    inside "$folder" setpriv --reuid=1000 --regid=1000 --init-groups env HOME=/home/user USER=user "$@"
}

# add_user FOLDER: makes an ordinary user, who may use sudo; the status tells.
add_user() {
    # shellcheck disable=SC2016 # the inner shell's variables
    inside "$1" sh -c '
        apt-get -q update && apt-get -q -y install --no-install-recommends sudo || exit
        # Some systems come with a user of the same number.
        if there=$(getent passwd 1000); then userdel -r "${there%%:*}" 2>/dev/null; fi
        useradd -m -s /bin/bash -u 1000 user &&
        echo "user ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/user' >"$WORK/log" 2>&1 || {
        say "sudo could not be installed: $(tail -n 5 "$WORK/log")"
        return 1
    }
}

# timed WHAT COMMAND...: runs it, and keeps one line of the time it took in $times; $failed tells.
times=()
failed=
timed() {
    local what=$1 start=$EPOCHREALTIME line status=0
    shift

    say "=== $what"
    "$@" || status=$?
    line=$(awk -v a="$start" -v b="$EPOCHREALTIME" -v w="$what" \
        'BEGIN { printf "%-48s %7.1f s", w, b - a }')
    if [ $status -ne 0 ]; then
        line="$line  FAILED ($status)"
        failed=yes
    fi
    times+=("$line")
}

# finish: prints the times; the status tells whether all went well.
finish() {
    printf '%s\n' "${times[@]}"
    if [ -n "$failed" ]; then
        die "FAILED, see above"
    fi
}

# clone FOLDER: a clean clone of this checkout in $WORK/FOLDER, of what is committed.
clone() {
    command -v git >/dev/null || die "git is missing: apt-get install git"
    git -C "$HERE" -c safe.directory='*' rev-parse -q --verify HEAD >/dev/null ||
        die "only what is committed gets tested, and nothing is committed yet"
    if [ -n "$(git -C "$HERE" -c safe.directory='*' status --porcelain)" ]; then
        say "note: only what is committed gets tested, and there are uncommitted changes"
    fi
    # git refuses another user's checkout otherwise, and takes this leave from a file only.
    printf '[safe]\n\tdirectory = *\n' >"$WORK/gitconfig"
    GIT_CONFIG_GLOBAL="$WORK/gitconfig" git clone -q "file://$HERE" "$WORK/$1"
}

# copy_of_sources FOLDER: a copy of this checkout as it stands in $WORK/FOLDER, without what git
# ignores.
copy_of_sources() {
    mkdir -p "$WORK/$1"
    if git -C "$HERE" -c safe.directory='*' rev-parse -q --git-dir >/dev/null 2>&1; then
        # What is deleted but not committed is listed, and is not there.
        git -C "$HERE" -c safe.directory='*' ls-files -z --cached --others --exclude-standard |
            tar -C "$HERE" --null --ignore-failed-read --files-from=- -cf - 2>/dev/null |
            tar -C "$WORK/$1" -xf -
    else
        tar -C "$HERE" --exclude=./build --exclude=.git -cf - . | tar -C "$WORK/$1" -xf -
    fi
}

# own_sources: what apt on this machine has of Debian, "URL suite" a line.
own_sources() {
    # shellcheck disable=SC2016 # apt's variables
    apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT) $(ORIGIN)' \
        'Created-By: Packages' | sed -n 's,^\([^ ]*[^/ ]\)/* \([^ ]*\) main Debian$,\1 \2,p' | sort -u
}

# own_mirror: the one of them that has whole releases, others than this machine's too.
own_mirror() {
    local suites

    suites=$(own_sources)
    # Only what is no update to another suite.
    printf '%s\n' "$suites" | awk '{ if ($2 !~ /-/) { print $1; exit } }'
}

# debootstrap's own description of a suite knows the mirror and the keys for Ubuntu.
is_ubuntu() {
    [ "$1" = noble ]
}

# description SUITE: debootstrap knows a new suite only after its own release.
description() {
    local scripts=/usr/share/debootstrap/scripts

    if [ -e "$scripts/$1" ]; then
        echo "$scripts/$1"
    elif is_ubuntu "$1"; then
        echo "$scripts/gutsy" # what all links of Ubuntu's point to
    else
        echo "$scripts/sid"
    fi
}

# unpacked SUITE FOLDER PACKAGE...: what is in these packages of a release of Debian, below FOLDER.
# An apt of its own: that of the machine learns nothing of it. $MIRROR is where it asks.
unpacked() {
    local suite=$1 folder=$2 apt="$2/apt" options package
    shift 2

    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' \
        "$MIRROR" "$suite" >"$apt/sources.list"
    options=(-q -o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=-
        -o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root
        -o Acquire::Check-Valid-Until=false)
    (cd "$apt" && apt-get "${options[@]}" update && apt-get "${options[@]}" download "$@") || return
    for package in "$apt"/*.deb; do
        dpkg-deb -x "$package" "$folder" || return
    done
    rm -rf "$apt"
}

# ubuntu_keys: the file with the keys of Ubuntu's archive, taken from Debian's, which is trusted.
# Newer releases of Debian have it.
ubuntu_keys() {
    local keys=/usr/share/keyrings/ubuntu-archive-keyring.gpg private="$WORK/keys"

    if [ -e $keys ]; then
        echo $keys
        return
    fi
    if ! [ -e "$private$keys" ]; then
        mkdir -p "$private"
        unpacked trixie "$private" ubuntu-keyring >"$WORK/log" 2>&1 || true
    fi
    if [ -e "$private$keys" ]; then
        echo "$private$keys"
    fi
}

# raise SUITE FOLDER: a minimal system with git in $WORK/FOLDER; the status tells. MIRROR and
# UBUNTU_MIRROR override the mirrors that the machine knows. With ADPATH_MATRIX_CACHE, the system
# is kept in that folder for the next time.
raise() {
    local suite=$1 tree="$WORK/$2" cached="${ADPATH_MATRIX_CACHE:+$ADPATH_MATRIX_CACHE/$1.tar}" \
        options=(--variant=minbase --include=git) mirror keys sources

    : "${MIRROR:=$(own_mirror)}"
    if [ -n "$cached" ] && [ -f "$cached" ]; then
        say "$suite as of $(date -r "$cached" +%F), from $ADPATH_MATRIX_CACHE"
        mkdir -p "$tree"
        tar -C "$tree" -xpf "$cached" --numeric-owner || return
    else
        if is_ubuntu "$suite"; then
            mirror=${UBUNTU_MIRROR:-}
            options+=('--components=main,universe')
            keys=$(ubuntu_keys)
            if [ -z "$keys" ]; then
                say "no keys of Ubuntu's archive: $(tail -n 2 "$WORK/log")"
                return 1
            fi
            options+=("--keyring=$keys")
        else
            mirror=$MIRROR
            if [ -z "$mirror" ]; then
                say "apt on this machine knows no mirror of Debian: give one as MIRROR=URL"
                return 1
            fi
        fi
        if ! apart debootstrap "${options[@]}" "$suite" "$tree" "$mirror" "$(description "$suite")" \
            >"$WORK/log" 2>&1; then
            say "debootstrap of $suite failed: $(tail -n 5 "$WORK/log")"
            return 1
        fi
        if [ -n "$cached" ]; then
            if ! { mkdir -p "$ADPATH_MATRIX_CACHE" &&
                tar -C "$tree" -cf "$cached.new" --numeric-owner . && mv -f "$cached.new" "$cached"; }; then
                say "cannot write $cached"
            fi
        fi
    fi

    # The release that this machine has comes with its updates, as on this machine.
    sources=$(own_sources | awk -v suite="$suite" '$2 == suite || index($2, suite "-") == 1')
    if [ -n "$sources" ] && grep -q " $suite\$" <<<"$sources"; then
        awk '{ print "deb", $1, $2, "main" }' <<<"$sources" >"$tree/etc/apt/sources.list"
    fi
    # How this machine reaches its mirror (proxy, clock) holds inside as well.
    apt-config dump | grep -E '^Acquire::(http|https|Check-Date|Check-Valid-Until|Retries)\b' \
        >"$tree/etc/apt/apt.conf.d/90fresh" || true
    if [ -n "${http_proxy:-}" ]; then
        printf 'Acquire::http::Proxy "%s";\n' "$http_proxy" >>"$tree/etc/apt/apt.conf.d/90fresh"
    fi
    # What a mirror that is seldom renewed has is good enough to be tested with.
    echo 'Acquire::Check-Valid-Until "false";' >>"$tree/etc/apt/apt.conf.d/90fresh"
    # The folder does not outlive a crash anyway.
    echo force-unsafe-io >"$tree/etc/dpkg/dpkg.cfg.d/fresh"
    cp -L /etc/resolv.conf /etc/hosts "$tree/etc/"
}
