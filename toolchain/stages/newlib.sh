# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2046
# The C library and all headers. Not compiled for link-time optimisation: GCC leaves builtins out of the symbol tables of such
# objects.

stage_objects=1117

# Files that would define what the kernel archive defines, and win because the C library comes first when linking: empty lock
# functions, a getcwd that climbs directories, a pread that moves the file's offset, an aligned_alloc over another heap, an isatty
# that takes every device for a terminal.
emptied='misc/lock.c unix/getcwd.c unix/pread.c unix/pwrite.c stdlib/aligned_alloc.c posix/isatty.c posix/_isatty.c'

# Headers of things that are not there.
removed_headers='devctl.h regdef.h rpc sys/custom_file.h unctrl.h utmp.h'

stage_run() {
    export PATH=$compiler_folder/prefix/bin:$PATH
    once unpack unpack_newlib
    once configure configure_newlib
    make -C "$work/build" -j"$jobs"
    make -C "$work/build" install
    (cd "$out/$target/include" && rm -rf $removed_headers)
    own_functions
    ln -f "$out/$target/lib/libc.a" "$out/$target/lib/libg.a"
    rm -rf "$out/share"
    finish "$out"
}

unpack_newlib() {
    unpack_source newlib newlib-4.5.0.patch
    local headers=$source/newlib/libc/sys/hermit/include header
    mkdir -p "$headers"
    grep -v '^#' "$here/from-rtems.txt" | while read -r header; do
        mkdir -p "$(dirname "$headers/$header")"
        cp "$source/newlib/libc/sys/rtems/include/$header" "$headers/$header"
    done
    cp -r "$here/include/." "$headers/"
    for header in $emptied; do
        : >"$source/newlib/libc/$header"
    done
    # Newlib leaves these out together with its own directory functions, on which they do not depend.
    sed -i '/HAVE_OPENDIR/d' "$source/newlib/libc/posix/ftw.c" "$source/newlib/libc/posix/nftw.c"
}

configure_newlib() {
    in_folder "$work/build" "$source/configure" --target=$target --prefix="$prefix" --disable-nls --disable-multilib \
        --disable-libgloss --enable-newlib-reent-thread-local --enable-newlib-retargetable-locking --enable-newlib-mb \
        --disable-newlib-supplied-syscalls CFLAGS_FOR_TARGET='-O2 -g0'
}

# own_functions: what POSIX has and Newlib has not, and needs no kernel (folder newlib/), goes into the same archive.
own_functions() {
    local file objects=$work/own
    rm -rf "$objects"
    mkdir "$objects"
    for file in "$here"/newlib/*.c; do
        "$target-gcc" -isystem "$out/$target/include" -std=gnu17 -D_GNU_SOURCE -O3 -g0 -Wall -Wextra -Werror \
            -ffunction-sections -fdata-sections -fno-builtin -c "$file" -o "$objects/hermit_$(basename "$file" .c).o"
    done
    (cd "$objects" && "$target-ar" rcs "$out/$target/lib/libc.a" ./*.o)
}
