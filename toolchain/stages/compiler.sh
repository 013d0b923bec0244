# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2046
# GCC itself: C, C++, Fortran and link-time optimisation. No library for the target is built here, so no header and no symbol
# of the C library can make this stage start again.
#
# GCC's build of its target libraries needs GCC's build tree. What they read of it is kept beside the prefix (tree), small:
# objects removed, programs replaced by links to the installed ones, make told that everything is done.

stage_objects=1039

stage_run() {
    unpack_gcc
    once start start_from "$binutils_folder/prefix"
    # GCC's configure only looks whether these exist: with them it knows that there is a C library.
    mkdir -p "$out/$target/include"
    touch "$out/$target/include/stdio.h" "$out/$target/include/limits.h"
    once configure configure_compiler
    once build make -C "$work/build" -j"$jobs" all-gcc
    once install make -C "$work/build" install-strip-gcc
    rm -rf "${out:?}/$target/include" "$out/share/info" "$out/share/man"
    # ar, nm and ranlib understand link-time optimisation's objects when the linker plugin is here.
    mkdir -p "$out/lib/bfd-plugins"
    ln -sf ../../libexec/gcc/$target/14.2.0/liblto_plugin.so "$out/lib/bfd-plugins/"
    prune_tree
    finish "$out" "$work/tree"
}

configure_compiler() {
    in_folder "$work/build" "$source/configure" --target=$target --prefix="$prefix" --with-sysroot="$prefix/$target" \
        --with-native-system-header-dir=/include --enable-languages=c,c++,fortran,lto --with-newlib --enable-threads=posix \
        --enable-tls --enable-initfini-array --enable-lto --enable-libgomp --enable-linux-futex --disable-nls \
        --disable-multilib --disable-shared --disable-bootstrap --disable-libssp --disable-libsanitizer --disable-libvtv \
        --disable-libcc1 --disable-libstdcxx-pch --with-system-zlib --without-zstd --without-isl --with-arch=x86-64 \
        --with-tune=generic --disable-frame-pointer CFLAGS='-O2 -g0' CXXFLAGS='-O2 -g0' CFLAGS_FOR_TARGET='-O2 -g0' CXXFLAGS_FOR_TARGET='-O2 -g0' \
        FCFLAGS_FOR_TARGET='-O2 -g0'
}

# prune_tree: work/build becomes work/tree. May be interrupted and started again.
prune_tree() {
    local tree=$work/build folder program installed
    installed=$out/libexec/gcc/$target/14.2.0
    [ ! -d "$work/tree" ] || return 0
    find "$tree" -depth \( -name '*.o' -o -name '*.a' -o -name '*.lo' -o -name '*.cc' -o -name 'gt-*.h' -o -name '*.state' \) -delete
    find "$tree" -depth -type d -name .deps -exec rm -rf {} +
    for program in cc1 cc1plus f951 lto1 lto-wrapper collect2; do
        ln -f "$installed/$program" "$tree/gcc/$program"
    done
    ln -f "$out/bin/$target-gcc" "$tree/gcc/xgcc"
    ln -f "$out/bin/$target-g++" "$tree/gcc/xg++"
    ln -f "$out/bin/$target-gfortran" "$tree/gcc/gfortran"
    (cd "$tree/gcc" && rm -rf lto-dump cpp gcov gcov-dump gcov-tool gcc-ar gcc-nm gcc-ranlib ./*-cross build gengtype)
    for folder in "$tree"/*/ "$tree"/build-*/*/; do
        [ -f "$folder/Makefile" ] || continue
        printf '.DEFAULT:\n\t@:\nall:\n\t@:\n' >"$folder/Makefile"
    done
    mv "$tree" "$work/tree"
}
