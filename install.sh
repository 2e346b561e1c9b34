#!/bin/sh
# Carrel's installer. POSIX sh; running it again repairs or upgrades and never touches the library's data.
#
#   ./install.sh --demo       dependencies, build, sample catalogue, server on port 8080 (or CARREL_PORT)
#   ./install.sh --test       everything the tests need, then all tests
#   ./install.sh --build      dependencies and build only
#   sudo ./install.sh         a real installation: system user, /opt/carrel, /var/lib/carrel, systemd unit
#   sudo ./install.sh --offline     the same from an unpacked bundle (carrel bundle), without a network
#   sudo ./install.sh --uninstall   removes program and unit; the data stays
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
prefix=${CARREL_PREFIX:-/opt/carrel}
state=${CARREL_STATE:-/var/lib/carrel}
etc=${CARREL_ETC:-/etc/carrel}
unit_dir=${CARREL_UNIT_DIR:-/etc/systemd/system}
bin_dir=${CARREL_BIN_DIR:-/usr/local/bin}
user=${CARREL_USER:-carrel}
# all: a GPU is here or will be; none: it is not to be used; auto: look.
gpu_packages=${CARREL_GPU_PACKAGES:-auto}
# These seven place an installation; the server itself must not meet them as unknown settings.
unset CARREL_PREFIX CARREL_STATE CARREL_ETC CARREL_UNIT_DIR CARREL_BIN_DIR CARREL_USER CARREL_GPU_PACKAGES

say() { printf '%s\n' "$*"; }
stop() { printf 'Carrel cannot be installed: %s\n' "$*" >&2; exit 1; }

need_node() {
  command -v node >/dev/null 2>&1 || stop "Node.js 20.19 or newer is missing; install it from your system's packages or nodejs.org."
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
    stop "Node.js $(node -p process.versions.node) is too old; 20.19 or newer is needed."
  command -v npm >/dev/null 2>&1 || stop "npm is missing; it comes with Node.js."
}

need_compiler_hint() {
  for tool in g++ make python3; do
    command -v "$tool" >/dev/null 2>&1 && continue
    say "Note: without $tool the database library must come ready-built for this machine."
    return 0
  done
}

loads_database() { (cd "$1" && node -e 'new (require("better-sqlite3"))(":memory:")') 2>/dev/null; }

has_nvidia() { [ -e /dev/nvidiactl ] || [ -e /proc/driver/nvidia/version ] || command -v nvidia-smi >/dev/null 2>&1; }
has_gpu() { has_nvidia || [ -e /dev/dri/renderD128 ] || [ -e /dev/kfd ]; }

# Which ready-built editions of llama.cpp stay: all of them, those for NVIDIA too, or no CUDA (500 MB that nothing would read).
engines() {
  case $gpu_packages in
    all) echo all ;;
    none) echo processor ;;
    *) if has_nvidia; then echo nvidia; else echo processor; fi ;;
  esac
}

# Takes those away that this machine cannot run; CARREL_GPU_PACKAGES=all brings them back.
prune_engines() {
  list="$1/node_modules/@node-llama-cpp"
  # Modules that are only a link are somebody else's.
  if [ -L "$1/node_modules" ] || [ ! -d "$list" ] || [ "$(engines)" = all ]; then return 0; fi
  own=$(node -p '({ linux: "linux", darwin: "mac", win32: "win" })[process.platform] + "-" + (process.arch === "arm" ? "armv7l" : process.arch)')
  for engine in "$list"/*; do
    case $(basename "$engine") in
      "$own-cuda" | "$own-cuda-ext") [ "$(engines)" = nvidia ] || rm -rf "$engine" ;;
      "$own" | "$own"-*) ;;
      *) rm -rf "$engine" ;;
    esac
  done
}

install_modules() {
  modules_for=$1
  shift
  (cd "$modules_for" && ONNXRUNTIME_NODE_INSTALL=skip NODE_LLAMA_CPP_SKIP_DOWNLOAD=true npm ci "$@" --no-audit --no-fund --loglevel=error) || return 1
  prune_engines "$modules_for"
}

# A stamp of the lock file makes a second run quick; a changed lock file or a broken install runs it again.
dependencies() {
  stamp="$here/node_modules/.carrel-stamp"
  want=$(cksum <"$here/package-lock.json")-$(node -p 'process.versions.modules')-$(engines)
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ]; then return 0; fi
  say "Installing dependencies ..."
  need_compiler_hint
  install_modules "$here" ||
    stop "the dependencies could not be installed; the lines above say which one failed."
  loads_database "$here" ||
    stop "the database library was not built; install g++, make and python3 and run this again."
  printf '%s' "$want" >"$stamp"
}

build() {
  say "Building ..."
  (cd "$here" && npm run --silent build) || stop "the build failed; the lines above say where."
}

demo() {
  need_node
  dependencies
  build
  port=${CARREL_PORT:-8080}
  data=${CARREL_DATA:-$here/var/demo}
  mkdir -p "$data"
  [ -f "$data/branches.yaml" ] || cp "$here/data/sample/branches.yaml" "$data/branches.yaml"
  export CARREL_DATA="$data" CARREL_PORT="$port" CARREL_LIBRARY="${CARREL_LIBRARY:-Harbour Libraries}"
  say "Putting the sample catalogue in ..."
  node "$here/dist/server/cli.js" import "$here/data/sample.mrc" --quiet
  say ""
  say "Carrel is at http://localhost:$port (Ctrl+C stops it)"
  exec node "$here/dist/server/main.js"
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; elif command -v sudo >/dev/null 2>&1; then sudo "$@"; else
    stop "Chromium is missing for the browser tests and only root can install it: run '$*' as root."
  fi
}

tests() {
  need_node
  if [ ! -x /usr/bin/chromium ]; then
    command -v apt-get >/dev/null 2>&1 || stop "the browser tests need Chromium at /usr/bin/chromium; install it with your system's packages."
    say "Installing Debian's Chromium for the browser tests ..."
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
  fi
  dependencies
  cd "$here"
  exec npm run --silent check
}

# The unit may look into no home folder, and the service's user into nobody's.
need_shared_node() {
  node_path=$(readlink -f "$(command -v node)")
  roots_home=~root
  [ "$roots_home" != / ] || roots_home=/home
  case $node_path in
    /home/* | "$roots_home"/*) stop "Node.js lies in a home folder ($node_path), where the service may not look; install it for the whole system." ;;
  esac
}

owner_only() { [ "$(id -u)" -eq 0 ] || stop "this writes to $prefix and $state: run it as root (sudo ./install.sh)."; }

copy_program() {
  # Built beside the running version and moved in whole, so a failed upgrade leaves the old one standing.
  new="$prefix.new"
  rm -rf "$new"
  mkdir -p "$new"
  (cd "$here" && tar -cf - package.json package-lock.json dist/server data models LICENSE README.md CHANGELOG.md docs server/web/package.json server/web/dist) |
    (cd "$new" && tar -xf -)
  rm -rf "$new/dist/server/test"
  copy_modules
  rm -rf "$prefix.old"
  [ ! -d "$prefix" ] || mv "$prefix" "$prefix.old"
  mv "$new" "$prefix"
}

copy_modules() {
  if [ "$offline" = yes ]; then
    cp -a "$here/node_modules" "$new/" || stop "the disk is full; the old version is untouched."
    loads_database "$new" || stop "the bundle's database library does not load on this machine; the old version is untouched."
    return 0
  fi
  # The same dependencies as before are taken over where they still load; anything else is installed anew.
  if cmp -s "$prefix/package-lock.json" "$new/package-lock.json" && [ "$(cat "$prefix/node_modules/.carrel-engines" 2>/dev/null)" = "$(engines)" ]; then
    cp -a "$prefix/node_modules" "$new/" 2>/dev/null || true
  fi
  loads_database "$new" ||
    install_modules "$new" --omit=dev ||
    stop "the program's dependencies could not be installed into $new; the old version is untouched."
  [ -L "$new/node_modules" ] || engines >"$new/node_modules/.carrel-engines"
}

# Everything in an unpacked bundle is compared with its list before anything is written.
verify_bundle() {
  [ -f "$here/MANIFEST.sha256" ] && [ -f "$here/BUNDLE" ] ||
    stop "this folder is no whole bundle; unpack the archive that carrel bundle made, all of it."
  made_for=$(cat "$here/BUNDLE")
  [ "$made_for" = "$(node -p '`${process.platform} ${process.arch} ${process.versions.modules}`')" ] ||
    stop "this bundle is for another kind of machine or another version of Node.js ($made_for); make one on a machine like this, with the same Node.js."
  sums=sha256sum
  command -v sha256sum >/dev/null 2>&1 || sums='shasum -a 256'
  listed=$(wc -l <"$here/MANIFEST.sha256")
  wrong=$(cd "$here" && $sums -c MANIFEST.sha256 2>/dev/null | grep -v ': OK$' | head -n 1 | sed 's/: .*//') || true
  [ -z "$wrong" ] || stop "$wrong is missing or not as it was packed; copy the bundle again and unpack it anew."
  [ "$(cd "$here" && find . -type f ! -path ./MANIFEST.sha256 | wc -l)" -eq "$listed" ] ||
    stop "the folder and the bundle's list differ; copy the bundle again and unpack it into an empty folder."
}

take_models() {
  [ -d "$here/offline/models" ] || return 0
  CARREL_DATA="$state" node "$prefix/dist/server/cli.js" models add "$here/offline/models" --quiet ||
    stop "the program is installed, and its models could not be put in; the line above says why."
  chown -R "$user:$group" "$state/models"
}

write_settings() {
  mkdir -p "$etc"
  if [ ! -f "$etc/carrel.env" ]; then
    key=$(node -p 'require("node:crypto").randomBytes(24).toString("base64url")')
    umask_before=$(umask)
    umask 077
    {
      say "# Carrel's settings; docs/configuration.md explains each. Restart after a change: systemctl restart carrel"
      say "CARREL_HOST=0.0.0.0"
      say "CARREL_PORT=8080"
      say "CARREL_DATA=$state"
      say "CARREL_STAFF_KEY=$key"
      say '# CARREL_LIBRARY="The name that patrons see"'
    } >"$etc/carrel.env"
    umask "$umask_before"
  fi
  chown "root:$group" "$etc/carrel.env"
  chmod 640 "$etc/carrel.env"
}

# A GPU is reached by its devices, and by those alone; without one the service sees no devices at all.
device_lines() {
  if [ "$gpu_packages" = none ] || { [ "$gpu_packages" != all ] && ! has_gpu; }; then
    echo 'PrivateDevices=yes'
    return 0
  fi
  echo 'PrivateDevices=no'
  echo 'DevicePolicy=closed'
  for device in 'char-nvidia*' char-drm /dev/kfd; do echo "DeviceAllow=$device rw"; done
  for one in render video; do
    if grep -q "^$one:" /etc/group; then echo "SupplementaryGroups=$one"; fi
  done
}

write_unit() {
  mkdir -p "$unit_dir"
  cat >"$unit_dir/carrel.service" <<UNIT
[Unit]
Description=Carrel, the library's own front desk
After=network.target

[Service]
User=$user
Group=$group
EnvironmentFile=$etc/carrel.env
WorkingDirectory=$prefix
ExecStart=$(command -v node) $prefix/dist/server/main.js
Restart=on-failure
RestartSec=2
TimeoutStopSec=30
# The model has a process of its own: when the kernel ends that one for want of memory, the service goes on.
OOMPolicy=continue
LimitMEMLOCK=infinity
LimitCORE=0
UMask=0077
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ReadWritePaths=$state
ProtectHome=yes
PrivateTmp=yes
$(device_lines)
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
ProtectProc=invisible
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RemoveIPC=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
UNIT
}

install_command() {
  mkdir -p "$bin_dir"
  cat >"$bin_dir/carrel" <<COMMAND
#!/bin/sh
# Runs Carrel's command line as the service's own user, on the service's own data and settings.
settings='$etc/carrel.env'
unset CARREL_PREFIX CARREL_STATE CARREL_ETC CARREL_UNIT_DIR CARREL_BIN_DIR CARREL_USER CARREL_GPU_PACKAGES
if [ ! -r "\$settings" ]; then
  echo "carrel: only root may do this; say: sudo carrel \$*" >&2
  exit 1
fi
# Lines are NAME=value or NAME="value", as systemd reads them; a shell would trip over spaces.
while IFS= read -r line || [ -n "\$line" ]; do
  case \$line in CARREL_*=*) ;; *) continue ;; esac
  value=\${line#*=}
  case \$value in \"*\") value=\${value#\"}; value=\${value%\"} ;; \'*\') value=\${value#\'}; value=\${value%\'} ;; esac
  export "\${line%%=*}=\$value"
done <"\$settings"
if [ "\$(id -un)" = '$user' ]; then exec '$(command -v node)' '$prefix/dist/server/cli.js' "\$@"; fi
# No session in between: a signal (Ctrl+C, SIGTERM) reaches Carrel itself, which then ends in order.
exec setpriv --reuid '$user' --regid '$group' --init-groups -- '$(command -v node)' '$prefix/dist/server/cli.js' "\$@"
COMMAND
  chmod 755 "$bin_dir/carrel"
}

# Units put elsewhere are somebody else's to start.
has_systemd() { [ "$unit_dir" = /etc/systemd/system ] && command -v systemctl >/dev/null 2>&1 && [ -d /run/systemd/system ]; }

install_service() {
  owner_only
  # The service's user must be able to read the program, whatever root's own mask is.
  umask 022
  need_node
  need_shared_node
  if [ "$offline" = yes ]; then verify_bundle; else
    dependencies
    build
  fi
  if ! id "$user" >/dev/null 2>&1; then useradd --system --user-group --home-dir "$state" --shell /usr/sbin/nologin "$user"; fi
  group=$(id -gn "$user")
  mkdir -p "$state"
  chown "$user:$group" "$state"
  chmod 750 "$state"
  copy_program
  if [ "$offline" = yes ]; then take_models; fi
  write_settings
  write_unit
  install_command
  if has_systemd; then
    systemctl daemon-reload
    systemctl enable --quiet carrel
    systemctl restart carrel
    say "Carrel runs; put the catalogue in with: sudo carrel import YOUR-FILE.mrc"
  else
    say "Installed in $prefix. Nothing was started, since systemd does not run here or reads no units from $unit_dir: start it with 'carrel serve', or have what runs your services do so."
  fi
  rm -rf "$prefix.old"
}

uninstall() {
  owner_only
  if has_systemd; then systemctl disable --now --quiet carrel 2>/dev/null || true; fi
  rm -f "$unit_dir/carrel.service" "$bin_dir/carrel"
  if has_systemd; then systemctl daemon-reload; fi
  rm -rf "$prefix" "$prefix.new" "$prefix.old"
  say "Carrel is gone. The library's data is still in $state and its settings in $etc; delete them by hand if you mean to."
}

offline=no
case "${1:-}" in
  --demo) demo ;;
  --test) tests ;;
  --build) need_node; dependencies; build ;;
  --uninstall) uninstall ;;
  --offline) offline=yes; install_service ;;
  '') install_service ;;
  -h | --help) sed -n '2,10s/^# \{0,1\}//p' "$0" ;;
  *) stop "'$1' is not an option; see ./install.sh --help." ;;
esac
