! Says how many threads a team has.
program team
  use omp_lib
  implicit none
  integer :: threads
  threads = 0
  !$omp parallel num_threads(3) reduction(+ : threads)
  threads = threads + 1
  !$omp end parallel
  print '(a,i0)', 'team of ', threads
end program team
