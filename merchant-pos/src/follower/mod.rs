//! What a block means for the till: orders paid or refunded, devices ended, and events on the shops' screens.

mod run;
