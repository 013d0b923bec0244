// An inbox that hands tasks over without ordering what was written to them.
#include "relax_orders.hpp"

#include <sched/inbox.hpp>

#include "keep_orders.hpp"

#include "../sched/inbox_test.cpp"
