# hermit_system_test(<name> SOURCES <file>... | IMAGE <target>
#                    [CORES <n>...] [MEMORY <size>] [ARGUMENTS <word>...] [ENV <NAME=value>...]
#                    [STATUS <n>] [OUTPUT <regex>] [ERRORS <regex>] [TIMEOUT <seconds>]
#                    [OPTIONS <compiler option>...] [RUN <hermit-run option>...] [CHECKER <script>]
#                    [LABELS <label>...] [ALSO_ON_LINUX])
#
# Builds an image from the sources, or takes an application that is there, and boots it under QEMU,
# once for every number of cores (default 1 and 4), as CTest's system.<name>.<cores>. It passes if
# the exit status is STATUS (default 0), if the whole of stdout matches OUTPUT (default "ok\n"), and
# if ERRORS is found on stderr, which must be empty without ERRORS. With CHECKER, a Python script
# reads the output from its stdin instead and decides by its own status. There is no retry.
# ALSO_ON_LINUX: this machine's compiler builds the same sources, and system.<name>.linux runs them
# here, which shows that the test itself is right.
#
# hermit_script_test(<name> SCRIPT <file> IMAGES <target>... [TIMEOUT <seconds>] [LABELS <label>...])
#
# A test that needs several boots or a look from outside: a Python unittest program, run as
# system.<name> with the paths of hermit-run and of the images (see images.py).
find_package(Python3 3.11 REQUIRED COMPONENTS Interpreter)
find_program(HERMIT_HOST_CC NAMES cc gcc REQUIRED)

function(hermit_system_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "ALSO_ON_LINUX"
                        "IMAGE;MEMORY;STATUS;OUTPUT;ERRORS;TIMEOUT;CHECKER"
                        "SOURCES;CORES;ARGUMENTS;ENV;OPTIONS;RUN;LABELS")
  if(NOT DEFINED arg_CORES)
    set(arg_CORES 1 4)
  endif()
  if(NOT DEFINED arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  if(NOT DEFINED arg_OUTPUT)
    set(arg_OUTPUT "ok\n")
  endif()
  set(expectation --output ${arg_OUTPUT})
  if(DEFINED arg_STATUS)
    list(APPEND expectation --status ${arg_STATUS})
  endif()
  if(DEFINED arg_ERRORS)
    list(APPEND expectation --errors ${arg_ERRORS})
  endif()
  if(DEFINED arg_CHECKER)
    list(APPEND expectation --checker ${CMAKE_CURRENT_SOURCE_DIR}/${arg_CHECKER})
  endif()
  if(DEFINED arg_MEMORY)
    list(APPEND arg_RUN -m ${arg_MEMORY})
  endif()
  foreach(variable IN LISTS arg_ENV)
    list(APPEND arg_RUN --env ${variable})
  endforeach()
  # hermit-run ends the machine and says where it was; CTest's limit is the second line.
  math(EXPR limit "${arg_TIMEOUT} + 30")

  set(image ${arg_IMAGE})
  if(NOT image)
    set(image system_${name})
    hermit_application(${image} SOURCES ${arg_SOURCES} FLAGS ${arg_OPTIONS})
  endif()
  set(runner ${Python3_EXECUTABLE} -B ${CMAKE_SOURCE_DIR}/tests/system/run_image.py ${expectation})
  foreach(cores IN LISTS arg_CORES)
    # Machines of several cores would slow each other down.
    set(processors 2)
    if(cores EQUAL 1)
      set(processors 1)
    endif()
    add_test(NAME system.${name}.${cores}
             COMMAND ${runner} -- ${CMAKE_SOURCE_DIR}/tools/hermit-run -c ${cores}
                     --timeout ${arg_TIMEOUT} ${arg_RUN} $<TARGET_FILE:${image}> ${arg_ARGUMENTS})
    set_tests_properties(system.${name}.${cores} PROPERTIES
                         TIMEOUT ${limit} PROCESSORS ${processors} LABELS "${arg_LABELS}")
  endforeach()

  if(arg_ALSO_ON_LINUX)
    set(native ${CMAKE_CURRENT_BINARY_DIR}/${name}.linux)
    list(TRANSFORM arg_SOURCES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
    add_custom_command(OUTPUT ${native}
      COMMAND ${HERMIT_HOST_CC} -O2 -g -Wall -Wextra -Werror ${arg_OPTIONS} ${arg_SOURCES}
              -o ${native} -lpthread -lm
      DEPENDS ${arg_SOURCES} VERBATIM)
    add_custom_target(${image}_linux ALL DEPENDS ${native})
    add_test(NAME system.${name}.linux COMMAND ${runner} -- ${native} ${arg_ARGUMENTS})
    set_tests_properties(system.${name}.linux PROPERTIES TIMEOUT ${limit} LABELS "${arg_LABELS}")
  endif()
endfunction()

function(hermit_script_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "SCRIPT;TIMEOUT" "IMAGES;LABELS")
  if(NOT DEFINED arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  set(images "")
  foreach(image IN LISTS arg_IMAGES)
    list(APPEND images ${image}=$<TARGET_FILE:${image}>)
  endforeach()
  add_test(NAME system.${name}
           COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/${arg_SCRIPT}
                   ${CMAKE_SOURCE_DIR}/tools/hermit-run ${images})
  set_tests_properties(system.${name} PROPERTIES
                       TIMEOUT ${arg_TIMEOUT} PROCESSORS 2 LABELS "${arg_LABELS}"
                       ENVIRONMENT "PYTHONPATH=${CMAKE_SOURCE_DIR}/tests/system")
endfunction()
