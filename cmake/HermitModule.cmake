# hermit_module(<name> [USES <module>...] [SOURCES <file>...] [PURE <file>...] [APPLICATION_FLAGS]
#               [COLD [<file>...]])
#
# Declares a kernel module. Its public headers are in include/<name>/ beside its CMakeLists.txt and
# reach only those who name it under USES: a forbidden include does not compile. SOURCES are
# compiled for the target only; PURE ones need no machine and are compiled for the host's unit
# tests too. APPLICATION_FLAGS: built as applications are (vector registers), not as kernel core; but
# without a red zone, into which IrqGuard, inlined, would push the flags. COLD: those files, or all if
# none is named, run at boot, for a report or after a crash, and are made small rather than fast.
#
# hermit_unit_test(<name> SOURCES <file>... USES <module>...)
#
# Declares a GoogleTest program of the host build, run by CTest as unit.<name>.

set(HERMIT_WARNINGS -Wall -Wextra -Wshadow $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor> -Werror)
set(HERMIT_KERNEL_FLAGS
    -ffreestanding -mno-red-zone -mgeneral-regs-only -fno-stack-protector -mcmodel=small -O2 -g
    -ffunction-sections -fdata-sections -fno-common -fno-pic -fomit-frame-pointer
    $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions -fno-rtti -fno-threadsafe-statics>
    -include ${CMAKE_SOURCE_DIR}/kernel/base/include/base/redirect_libc.h)
set(HERMIT_APPLICATION_FLAGS
    -O2 -g -march=x86-64 -mtune=generic -ffunction-sections -fdata-sections -fno-builtin
    -fomit-frame-pointer -mno-red-zone
    $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions -fno-rtti -fno-threadsafe-statics>)

# Every module's objects end in libhermit.a; the names are collected here, and once more those of
# the kernel core, whose objects tests/checks looks at.
set_property(GLOBAL PROPERTY HERMIT_MODULES "")
set_property(GLOBAL PROPERTY HERMIT_CORE_MODULES "")

# Compiles a target's sources as kernel core.
function(hermit_kernel_options name)
  target_compile_definitions(${name} PRIVATE HERMIT_KERNEL)
  if(HERMIT_FLAVOUR STREQUAL "clang")
    target_compile_definitions(${name} PRIVATE __hermit__)
    target_compile_options(${name} PRIVATE ${HERMIT_WARNINGS} -Wthread-safety -ffreestanding
                                           -mno-red-zone -fno-exceptions)
  else()
    target_compile_options(${name} PRIVATE ${HERMIT_WARNINGS} ${HERMIT_KERNEL_FLAGS})
  endif()
endfunction()

# Compiles a target's sources for the host: for measurements as they are, for tests with undefined
# behaviour and bad accesses caught.
function(hermit_host_options name)
  if(HERMIT_FLAVOUR STREQUAL "native")
    target_compile_options(${name} PRIVATE ${HERMIT_WARNINGS} -g -O2)
    return()
  endif()
  target_compile_options(${name} PRIVATE ${HERMIT_WARNINGS} -g -O1 -fsanitize=address,undefined
                                         -fno-sanitize-recover=all)
  target_link_options(${name} PUBLIC -fsanitize=address,undefined)
endfunction()

function(hermit_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "APPLICATION_FLAGS" "" "USES;SOURCES;PURE;COLD")
  if(HERMIT_ON_HOST)
    set(sources ${arg_PURE})
  else()
    set(sources ${arg_SOURCES} ${arg_PURE})
  endif()
  if(NOT sources)
    add_library(${name} INTERFACE)
    set(visibility INTERFACE)
  elseif(HERMIT_ON_HOST)
    add_library(${name} STATIC ${sources})
    set(visibility PUBLIC)
  else()
    add_library(${name} OBJECT ${sources})
    set(visibility PUBLIC)
    set_property(GLOBAL APPEND PROPERTY HERMIT_MODULES ${name})
    if(NOT arg_APPLICATION_FLAGS)
      set_property(GLOBAL APPEND PROPERTY HERMIT_CORE_MODULES ${name})
    endif()
  endif()
  target_include_directories(${name} ${visibility} include)
  foreach(used IN LISTS arg_USES)
    target_link_libraries(${name} ${visibility} $<BUILD_INTERFACE:${used}_headers>)
    if(HERMIT_ON_HOST AND visibility STREQUAL "PUBLIC")
      target_link_libraries(${name} PUBLIC ${used})
    endif()
  endforeach()
  add_library(${name}_headers INTERFACE)
  target_include_directories(${name}_headers INTERFACE ${CMAKE_CURRENT_SOURCE_DIR}/include)
  foreach(used IN LISTS arg_USES)
    target_link_libraries(${name}_headers INTERFACE ${used}_headers)
  endforeach()
  set_target_properties(${name}_headers PROPERTIES HERMIT_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  set_property(GLOBAL APPEND PROPERTY HERMIT_ALL_MODULES ${name})
  if(NOT sources)
    return()
  endif()
  if(HERMIT_ON_HOST)
    hermit_host_options(${name})
  elseif(arg_APPLICATION_FLAGS)
    target_compile_options(${name} PRIVATE ${HERMIT_WARNINGS} ${HERMIT_APPLICATION_FLAGS})
    target_compile_definitions(${name} PRIVATE HERMIT_KERNEL)
  else()
    hermit_kernel_options(${name})
    if(arg_COLD)
      set_source_files_properties(${arg_COLD} PROPERTIES COMPILE_OPTIONS -Os)
    elseif("COLD" IN_LIST ARGN)
      target_compile_options(${name} PRIVATE -Os)
    endif()
  endif()
endfunction()

function(hermit_unit_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;USES")
  add_executable(${name}_test ${arg_SOURCES})
  target_link_libraries(${name}_test PRIVATE ${arg_USES} unit_test_support GTest::gtest_main)
  foreach(used IN LISTS arg_USES)
    target_link_libraries(${name}_test PRIVATE ${used}_headers)
  endforeach()
  hermit_host_options(${name}_test)
  add_test(NAME unit.${name} COMMAND ${name}_test)
  set_tests_properties(unit.${name} PROPERTIES TIMEOUT 120)
endfunction()
