#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The one list of what Likeness needs from the system, and its installer, for tests/run and data/demo/run:
#
#   tests/support/packages.sh GROUP…     installs what is missing of these groups; asks nothing
#   tests/support/packages.sh --list GROUP…
#
# Groups: build (compile), run (what the programs need to work), screen (a window nobody sits at, and
# driving it), test (real mail, SMS and keyring servers, linters, fuzzing), bench (tests/bench).
#
# "a|b" is satisfied by either, and the first that the release has is installed; "?a" is left out where the
# release has none: another package holds the same there (the codecs of libheif), or the tests that need it are
# skipped, and counted.
# Status: 0 everything is there, 1 something is missing and cannot be installed (and what to do), 2 usage.

# No globbing: the lists below are split into words, and "?" in them is no pattern.
set -uf

readonly build_packages="
  meson ninja-build pkg-config gettext gcc libc6-dev git
  libgtk-4-dev libgtk-4-bin libadwaita-1-dev libglib2.0-dev libsoup-3.0-dev libjson-glib-dev libsecret-1-dev
  libebook1.2-dev libebook-contacts1.2-dev libgdk-pixbuf-2.0-dev liblcms2-dev libarchive-dev libidn2-dev
  libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev
  libgif-dev libwebp-dev libpng-dev libpango1.0-dev libseccomp-dev
  libsqlite3-dev libcurl4-openssl-dev|libcurl4-gnutls-dev desktop-file-utils"
readonly run_packages="
  evolution-data-server glib-networking librsvg2-common adwaita-icon-theme shared-mime-info
  gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly
  gstreamer1.0-libav webp-pixbuf-loader heif-gdk-pixbuf ?libheif-plugin-libde265 ?libavif-gdk-pixbuf dbus dbus-daemon"
readonly screen_packages="
  xvfb at-spi2-core python3 python3-gi gir1.2-ebook-1.2 gir1.2-ebookcontacts-1.2
  gir1.2-edataserver-1.2 gnome-keyring xdotool imagemagick libgl1-mesa-dri
  fonts-cantarell fonts-dejavu-core fonts-noto-core fonts-noto-color-emoji fonts-droid-fallback
  gnome-control-center-faces|gnome-control-center-data"
readonly test_packages="
  python3-aiosmtpd kannel kannel-extras libsecret-tools openssl curl
  python3-yaml python3-jsonschema libimage-exiftool-perl libheif-examples ?libheif-plugin-x265 libavif-bin webp apngdis
  codespell appstream ffmpeg libxml2-utils shellcheck ?clang-format-14 clang libclang-rt-dev llvm"
readonly bench_packages="hyperfine wrk nginx-light libvips-tools gnome-text-editor"

# What the same groups are called elsewhere, for the person who has to install them.
readonly dnf_packages="meson ninja-build gcc gettext git desktop-file-utils 'pkgconfig(gtk4)' 'pkgconfig(libadwaita-1)' \
'pkgconfig(libsoup-3.0)' 'pkgconfig(json-glib-1.0)' 'pkgconfig(libsecret-1)' 'pkgconfig(libebook-1.2)' \
'pkgconfig(gdk-pixbuf-2.0)' 'pkgconfig(lcms2)' 'pkgconfig(libarchive)' 'pkgconfig(libidn2)' 'pkgconfig(sqlite3)' \
'pkgconfig(libcurl)' giflib-devel libwebp-devel 'pkgconfig(libpng)' 'pkgconfig(libseccomp)' 'pkgconfig(gstreamer-1.0)' 'pkgconfig(gstreamer-plugins-base-1.0)' \
gstreamer1-plugins-good gstreamer1-plugins-bad-free gstreamer1-plugins-ugly gstreamer1-plugin-libav \
gstreamer1-plugin-openh264 evolution-data-server glib-networking librsvg2 webp-pixbuf-loader heif-pixbuf-loader \
avif-pixbuf-loader dbus-daemon xorg-x11-server-Xvfb at-spi2-core python3-gobject xdotool ImageMagick \
mesa-dri-drivers dejavu-sans-fonts google-noto-color-emoji-fonts google-droid-sans-fonts gnome-control-center"
readonly pacman_packages="meson ninja gcc pkgconf gettext git desktop-file-utils gtk4 libadwaita libsoup3 json-glib \
libsecret evolution-data-server gdk-pixbuf2 lcms2 libarchive libidn2 sqlite curl giflib libwebp libpng libseccomp gstreamer gst-plugins-base \
gst-plugins-good gst-plugins-bad gst-plugins-ugly gst-libav glib-networking librsvg \
webp-pixbuf-loader libheif libavif dbus xorg-server-xvfb at-spi2-core python-gobject xdotool imagemagick mesa \
cantarell-fonts ttf-dejavu noto-fonts-emoji ttf-droid gnome-control-center"

usage ()
{
  sed -n '4,15s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

is_installed ()
{
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

is_available ()
{
  apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [^(]'
}

# Prints the entries of the wanted groups, one a line.
# shellcheck disable=SC2086 # one word for each entry
list_entries ()
{
  local group
  for group; do
    case $group in
      build) printf '%s\n' $build_packages ;;
      run) printf '%s\n' $run_packages ;;
      screen) printf '%s\n' $screen_packages ;;
      test)
        printf '%s\n' $test_packages
        # The OpenAPI linter comes from npm, whose distributors name its packages in their own ways.
        command -v npm >/dev/null || printf '%s\n' nodejs npm
        ;;
      bench) printf '%s\n' $bench_packages ;;
      *) usage ;;
    esac
  done
}

# Prints those of the entries on standard input that nothing installed satisfies.
list_missing ()
{
  local entry name
  local -a names
  while read -r entry; do
    IFS='|' read -ra names <<<"${entry#\?}"
    for name in "${names[@]}"; do
      is_installed "$name" && continue 2
    done
    printf '%s\n' "$entry"
  done
}

# Prints the package to install for each entry on standard input.
choose_packages ()
{
  local entry name
  local -a names
  while read -r entry; do
    IFS='|' read -ra names <<<"${entry#\?}"
    for name in "${names[@]}"; do
      if is_available "$name"; then
        printf '%s\n' "$name"
        continue 2
      fi
    done
    # A name that apt does not know makes it say so, unless the entry may be left out.
    case $entry in
      \?*) ;;
      *) printf '%s\n' "${names[0]}" ;;
    esac
  done
}

main ()
{
  local entries missing packages
  local -a as_root=()

  [ $# -gt 0 ] || usage
  if [ "$1" = --list ]; then
    shift
    list_entries "$@"
    return
  fi
  entries=$(list_entries "$@") || exit 2

  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    echo "Packages are only installed on Debian and Ubuntu. Install these, then build with meson:" >&2
    if command -v dnf >/dev/null; then
      echo "  sudo dnf install $dnf_packages" >&2
    elif command -v pacman >/dev/null; then
      echo "  sudo pacman -S --needed $pacman_packages" >&2
    else
      echo "  dnf: $dnf_packages" >&2
      echo "  pacman: $pacman_packages" >&2
    fi
    exit 1
  fi

  missing=$(list_missing <<<"$entries")
  [ -n "$missing" ] || return 0
  # A release that lacks what may be left out is not asked again at each run.
  if ! grep -q '^[^?]' <<<"$missing" && [ -z "$(choose_packages <<<"$missing")" ]; then
    return 0
  fi
  if [ "$(id -u)" != 0 ]; then
    as_root=(sudo)
    # Only a person at a terminal can be asked for a password.
    [ -t 0 ] || as_root=(sudo -n)
    if ! command -v sudo >/dev/null || { [ ! -t 0 ] && ! sudo -n true 2>/dev/null; }; then
      # What may be left out is not worth stopping for.
      missing=$(grep -v '^?' <<<"$missing") || return 0
      echo "These packages are missing. Install them as root, then try again:" >&2
      echo "  apt-get install --no-install-recommends $(choose_packages <<<"$missing" | tr '\n' ' ')" >&2
      exit 1
    fi
  fi

  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2 \
    || echo "packages: the package lists could not be refreshed; trying with the old ones" >&2
  packages=$(choose_packages <<<"$missing")
  [ -n "$packages" ] || return 0
  echo "Installing: $(tr '\n' ' ' <<<"$packages")" >&2
  # shellcheck disable=SC2086 # one word for each package
  if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends $packages >&2; then
    echo "packages: apt could not install them; its own words are above" >&2
    exit 1
  fi
}

main "$@"
