// Ends what relax_orders.hpp began.
#pragma once

#undef memory_order_acquire
#undef memory_order_release
#undef memory_order_acq_rel
#undef memory_order_seq_cst
