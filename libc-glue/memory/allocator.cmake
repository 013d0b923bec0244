# malloc: mimalloc's sources, brought by the toolchain's fetch, compiled with our layer below it.
if(NOT HERMIT_MIMALLOC)
  execute_process(
    COMMAND ${CMAKE_SOURCE_DIR}/toolchain/fetch mimalloc
    OUTPUT_VARIABLE fetched OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  set(HERMIT_MIMALLOC ${fetched} CACHE PATH "Unpacked sources of mimalloc 2.0.9")
endif()

add_library(allocator OBJECT memory/allocator.c)
# As system headers: warnings in them are not ours.
target_include_directories(allocator SYSTEM PRIVATE
  ${HERMIT_MIMALLOC}/include ${HERMIT_MIMALLOC}/src)
target_include_directories(allocator PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_compile_options(allocator PRIVATE
  ${HERMIT_WARNINGS} ${HERMIT_APPLICATION_FLAGS} -fbuiltin -fno-builtin-malloc -fno-builtin-calloc
  -fno-builtin-realloc -fno-builtin-free)
target_compile_definitions(allocator PRIVATE NDEBUG MI_NO_GETENV MI_SKIP_COLLECT_ON_EXIT)

# Only our names are to be seen from outside: an application may bring a mimalloc of its own.
set(local ${CMAKE_CURRENT_BINARY_DIR}/allocator.o)
add_custom_command(OUTPUT ${local}
  COMMAND ${CMAKE_OBJCOPY} --wildcard --localize-symbol=mi_* --localize-symbol=_mi_*
          $<TARGET_OBJECTS:allocator> ${local}
  DEPENDS allocator $<TARGET_OBJECTS:allocator> VERBATIM)
set_property(GLOBAL APPEND PROPERTY HERMIT_EXTRA_OBJECTS ${local})
add_custom_target(allocator_local DEPENDS ${local})
