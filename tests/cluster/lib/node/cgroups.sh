# shellcheck shell=bash
# A cgroup of the cluster's own in every hierarchy (v1, hybrid), or in the one there is (v2).

cgroup_folders() {
  local hierarchy
  if cgroup_v2; then
    printf '%s\n' "/sys/fs/cgroup/$1"
    return
  fi
  for hierarchy in /sys/fs/cgroup/*/; do
    # Some are links to others: cpu -> cpu,cpuacct.
    [[ -L ${hierarchy%/} ]] || printf '%s\n' "$hierarchy$1"
  done
}

create_cgroups() {
  local folder
  if cgroup_v2; then
    enable_controllers /sys/fs/cgroup
  fi
  while read -r folder; do
    # The unified hierarchy of a hybrid system has no controllers that kubelet would use.
    [[ ! -e $folder/../cgroup.controllers ]] || cgroup_v2 || continue
    mkdir -p "$folder"
    # A new cpuset is empty, and nothing may run in it.
    if [[ -e $folder/cpuset.cpus ]] && ! cgroup_v2; then
      cat "$folder/../cpuset.cpus" >"$folder/cpuset.cpus"
      cat "$folder/../cpuset.mems" >"$folder/cpuset.mems"
    fi
    give_fair_share "$folder"
  done < <(cgroup_folders "$1")
  if cgroup_v2; then
    enable_controllers "/sys/fs/cgroup/$1"
  fi
}

# However many processes a cgroup holds, it weighs as much as one process does on one core: all pods together would get less than a single
# busy process on each core. So that they get their share, they weigh as much as one process on every core.
give_fair_share() {
  local cores
  cores=$(nproc)
  [[ ! -e $1/cpu.shares ]] || printf '%d' $((1024 * cores)) >"$1/cpu.shares"
  [[ ! -e $1/cpu.weight ]] || printf '%d' $((100 * cores < 10000 ? 100 * cores : 10000)) >"$1/cpu.weight"
}

enable_controllers() {
  local controller
  for controller in $(<"$1/cgroup.controllers"); do
    [[ " $(<"$1/cgroup.subtree_control") " != *" $controller "* ]] || continue
    case $controller in
      cpu | cpuset | memory | pids | io | hugetlb)
        { printf '+%s' "$controller" >"$1/cgroup.subtree_control"; } 2>/dev/null ||
          die "the cgroup controller $controller cannot be handed on from $1: in a container, its processes must first be moved out of its root cgroup"
        ;;
    esac
  done
}

# What is left of a killed container can keep its cgroup busy for a moment.
remove_cgroups() {
  local tries=50
  until remove_cgroups_once "$1"; do
    ((tries-- > 0)) || die "cgroups named $1 are still in use"
    sleep 0.1
  done
}

remove_cgroups_once() {
  local folder left=0
  while read -r folder; do
    [[ -d $folder ]] || continue
    find "$folder" -depth -type d -exec rmdir {} + 2>/dev/null || true
    [[ ! -d $folder ]] || left=1
  done < <(cgroup_folders "$1")
  return $left
}
