# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2046
# Assembler, linker and their tools, for the build machine.

stage_objects=284

stage_run() {
    once unpack unpack_source binutils binutils-2.44.patch
    once configure configure_binutils
    make -C "$work/build" -j"$jobs"
    make -C "$work/build" install-strip
    rm -rf "$out/share/info" "$out/share/man" "$out"/lib/*.la
    finish "$out"
}

configure_binutils() {
    in_folder "$work/build" "$source/configure" --target=$target --prefix="$prefix" --with-sysroot="$prefix/$target" \
        --disable-nls --disable-multilib --disable-werror --disable-shared --disable-gdb --disable-gdbserver --disable-sim \
        --disable-gprofng --disable-gold --enable-plugins --with-system-zlib --without-zstd CFLAGS='-O2 -g0' CXXFLAGS='-O2 -g0'
}
