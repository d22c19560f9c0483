/* The lanes of the fault plan: one line each. A lane prints one table line for each kind of fault
 * ("F04 power lost         20000 injections …"), makes PERCENT of the plan's number of injections
 * with seeds from SEED on, and returns the number of broken promises. Each broken promise is one
 * line on standard error that says how to play it again: build/bench/fault --only NAME … */
LANE(wire)
LANE(tls)
LANE(kill)
LANE(link)
LANE(stick)
LANE(loss)
LANE(route)
LANE(disk)
