! Fortran's own input and output, and its command line.
program hello
  implicit none
  character(len=32) :: who
  who = "world"
  if (command_argument_count() > 0) call get_command_argument(1, who)
  print '(3a)', "Hello from Fortran, ", trim(who), "!"
end program hello
