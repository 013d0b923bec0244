! Fortran's formatted, direct and stream files, and what it tells of them.
program fortran_files
  implicit none
  integer :: unit, i, number, status, record_size
  real(8) :: values(100), back(100)
  logical :: there
  character(len=80) :: line

  values = [(sqrt(real(i, 8)), i = 1, 100)]
  open (newunit=unit, file='/tmp/formatted', status='replace', action='readwrite')
  do i = 1, 1000
    write (unit, '(a,i0)') 'line ', i
  end do
  rewind (unit)
  do i = 1, 1000
    read (unit, '(a)') line
    read (line(6:), *) number
    if (number /= i) error stop 1
  end do
  read (unit, '(a)', iostat=status) line
  if (status >= 0) error stop 2
  close (unit)

  inquire (iolength=record_size) values(1)
  open (newunit=unit, file='/tmp/direct', status='replace', access='direct', recl=record_size)
  do i = 100, 1, -1
    write (unit, rec=i) values(i)
  end do
  read (unit, rec=50) back(50)
  if (back(50) /= values(50)) error stop 3
  close (unit)

  open (newunit=unit, file='/tmp/stream', status='replace', access='stream')
  write (unit) values
  read (unit, pos=1) back
  if (any(back /= values)) error stop 4
  close (unit, status='delete')
  inquire (file='/tmp/stream', exist=there)
  if (there) error stop 5
  inquire (file='/tmp/direct', exist=there, size=number)
  if (.not. there .or. number /= 800) error stop 6
  open (newunit=unit, file='/tmp/missing', status='old', iostat=status)
  if (status == 0) error stop 7
  print '(1x,a)', 'ok'
end program fortran_files
