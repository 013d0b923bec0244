# hermit_not_implemented(<symbol list> <output.S>)
#
# Writes a stub for every symbol that the list marks enosys. A stub names itself to one of a few
# functions in note.cpp, by how its kind of function reports failure; most return -1.
function(hermit_not_implemented list output)
  set(null
      alarm ualarm getgrent getpwent getutxent getutxid getutxline pututxline gethostbyaddr
      gethostbyname gethostent getnetbyaddr getnetbyname getnetent getprotobyname getprotobynumber
      getprotoent getservbyname getservbyport getservent if_indextoname if_nameindex if_nametoindex
      ptsname setlogmask)
  set(errno pthread_cancel)
  set(address getaddrinfo getnameinfo)

  file(STRINGS ${list} symbols REGEX "^[^#]+ enosys ")
  set(text "")
  foreach(line IN LISTS symbols)
    string(REGEX MATCH "^[^ ]+" symbol "${line}")
    if(symbol IN_LIST null)
      set(answer no_object)
    elseif(symbol IN_LIST errno)
      set(answer no_errno)
    elseif(symbol IN_LIST address)
      set(answer no_address)
    else()
      set(answer no_status)
    endif()
    string(APPEND text "STUB ${symbol} __hermit_${answer}\n")
  endforeach()
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT [[
# Generated from the symbol list.
.macro STUB name answer
    .section .data.\name, "aw"
.Lself_\name:
    .byte 0
    .asciz "\name"
    .section .text.\name, "ax"
    .weak \name
    .type \name, @function
\name:
    .cfi_startproc
    movl $.Lself_\name, %edi
    jmp \answer
    .cfi_endproc
    .size \name, . - \name
.endm

@text@
.section .note.GNU-stack, "", @progbits
]])
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${list})
endfunction()
