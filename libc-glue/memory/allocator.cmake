# malloc: mimalloc's sources, brought by the toolchain's fetch, compiled with our layer below it.
if(NOT HERMIT_MIMALLOC)
  execute_process(
    COMMAND ${CMAKE_SOURCE_DIR}/toolchain/fetch mimalloc
    OUTPUT_VARIABLE fetched OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  set(HERMIT_MIMALLOC ${fetched} CACHE PATH "Unpacked sources of mimalloc 2.0.9")
endif()

add_library(allocator OBJECT memory/allocator.c)
# As system headers: warnings in them are not ours.
target_include_directories(allocator SYSTEM PRIVATE ${HERMIT_MIMALLOC}/include ${HERMIT_MIMALLOC}/src)
target_include_directories(allocator PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_compile_options(allocator PRIVATE
  ${HERMIT_WARNINGS} ${HERMIT_APPLICATION_FLAGS} -fbuiltin -fno-builtin-malloc -fno-builtin-calloc
  -fno-builtin-realloc -fno-builtin-free)
target_compile_definitions(allocator PRIVATE NDEBUG MI_NO_GETENV MI_SKIP_COLLECT_ON_EXIT)
set_property(GLOBAL APPEND PROPERTY HERMIT_MODULES allocator)
