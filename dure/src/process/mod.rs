//! Child processes: started with a log file each, watched, stopped by pid, and never left behind.

mod child;
mod guard;
mod ports;
mod usage;

pub use child::{Child, Program};
pub use guard::{Guard, guard_until_end_of_input};
pub use ports::{NODES, Ports, url};
pub use usage::resident_mb;
