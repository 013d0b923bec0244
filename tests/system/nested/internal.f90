! An internal procedure passed as an argument sees the variables of its host.
program internal
    use, intrinsic :: iso_fortran_env, only: real64
    implicit none
    real(real64) :: factor

    factor = 3
    if (abs(integral(square, 0.0_real64, 1.0_real64) - 1) > 1e-6_real64) error stop 1
    factor = 6
    if (abs(integral(square, 0.0_real64, 1.0_real64) - 2) > 1e-6_real64) error stop 2
    print '(a)', ' ok'
contains
    function square(x) result(y)
        real(real64), intent(in) :: x
        real(real64) :: y
        y = factor * x * x
    end function

    function integral(f, from, to) result(total)
        interface
            function f(x) result(y)
                import :: real64
                real(real64), intent(in) :: x
                real(real64) :: y
            end function
        end interface
        real(real64), intent(in) :: from, to
        real(real64) :: total, width
        integer :: i
        integer, parameter :: steps = 1000
        width = (to - from) / steps
        total = 0
        do i = 1, steps
            total = total + f(from + (i - 0.5_real64) * width) * width
        end do
    end function
end program
