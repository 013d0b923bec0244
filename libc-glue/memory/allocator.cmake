# malloc: mimalloc's sources, brought by the toolchain's fetch, compiled with our layer below it.
if(NOT HERMIT_MIMALLOC)
  execute_process(
    COMMAND ${CMAKE_SOURCE_DIR}/toolchain/fetch mimalloc
    OUTPUT_VARIABLE fetched OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  set(HERMIT_MIMALLOC ${fetched} CACHE PATH "Unpacked sources of mimalloc 2.0.9")
endif()

# Our changes, in a copy.
set(patch ${CMAKE_CURRENT_SOURCE_DIR}/memory/mimalloc-2.0.9.patch)
set(mimalloc ${CMAKE_CURRENT_BINARY_DIR}/mimalloc)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${patch})
file(SHA256 ${patch} wanted)
set(wanted "${HERMIT_MIMALLOC} ${wanted}")
set(made "")
if(EXISTS ${mimalloc}/made_from)
  file(READ ${mimalloc}/made_from made)
endif()
if(NOT made STREQUAL wanted)
  file(REMOVE_RECURSE ${mimalloc})
  file(COPY ${HERMIT_MIMALLOC}/include ${HERMIT_MIMALLOC}/src DESTINATION ${mimalloc})
  execute_process(COMMAND patch -d ${mimalloc} -p1 --quiet -i ${patch} COMMAND_ERROR_IS_FATAL ANY)
  file(WRITE ${mimalloc}/made_from "${wanted}")
endif()

add_library(allocator OBJECT memory/allocator.c)
# As system headers: warnings in them are not ours.
target_include_directories(allocator SYSTEM PRIVATE
  ${mimalloc}/include ${mimalloc}/src)
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
