# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2046
# GCC's libraries for the target, and with them the finished toolchain. Their configure scripts link programs to see what the
# system has, against a stand-in for the kernel archive made from symbols.txt. The stand-ins stay in share/hermitage/stub, off
# the linker's path: a program is only ever linked with a real kernel.

stage_objects=1420

stage_run() {
    unpack_gcc
    once tree copy_tree
    once start start_from "$compiler_folder/prefix" "$newlib_folder/prefix"
    export PATH=$out/bin:$PATH
    once stubs make_stubs
    make -C "$work/build" -j"$jobs" all-target
    make -C "$work/build" install-target
    keep_tests
    tidy
    finish "$out"
}

copy_tree() {
    rm -rf "$work/build"
    cp -a "$compiler_folder/tree" "$work/build"
    mkdir -p "$work/build/$target"
}

make_stubs() {
    local lib=$out/$target/lib objects=$work/stubs name
    rm -rf "$objects"
    mkdir -p "$objects" "$lib"
    exported_symbols | while read -r name; do
        printf '.section .text.%s,"ax"\n.weak %s\n.type %s,@function\n%s: ud2\n.section .note.GNU-stack,"",@progbits\n' \
            "$name" "$name" "$name" "$name" >"$objects/$name.s"
    done
    (cd "$objects" && for name in *.s; do "$target-as" "$name" -o "${name%.s}.o"; done)
    find "$objects" -name '*.o' | sort | xargs "$target-ar" rcs "$lib/libhermit.a"
    printf '.globl _start\n_start: call main\n call _exit\n ud2\n.section .note.GNU-stack,"",@progbits\n' |
        "$target-as" -o "$lib/crt0.o" -
    "$target-ld" --verbose | sed '1,/^=====/d; /^=====/,$d' >"$lib/hermit.ld"
    for name in pthread rt dl; do
        "$target-ar" rcs "$lib/lib$name.a"
    done
}

# keep_tests: the test suite of libgomp, the DejaGnu library it uses, and the headers that its tests
# take from GCC's source and build trees.
keep_tests() {
    local tests=$out/share/hermitage/testsuite
    rm -rf "$tests"
    mkdir -p "$tests/src" "$tests/build"
    (cd "$source" && cp -r --parents config gcc/BASE-VER gcc/testsuite/lib include/gomp-constants.h \
        libgomp/testsuite libgomp/*.h "$tests/src/")
    (cd "$work/build" && cp -r --parents "$target"/libgomp/*.h "$target/libgomp/testsuite" \
        "$target/libgomp/libgomp.spec" "$tests/build/")
}

tidy() {
    local lib=$out/$target/lib stub=$out/share/hermitage/stub
    mkdir -p "$stub"
    mv "$lib/crt0.o" "$lib/hermit.ld" "$lib/libhermit.a" "$stub/"
    find "$out" -name '*.la' -delete
    rm -rf "$lib"/*-gdb.py "$out/share/info" "$out/share/man" "$out/share/gcc-14.2.0"
}
