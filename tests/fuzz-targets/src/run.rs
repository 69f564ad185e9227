//! Runs a target on an input and tells whether a promise was broken: also on another thread, where a server would
//! turn a panic into an answer.

use std::{
    panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook},
    sync::{Mutex, Once},
};

use crate::Target;

static HOOK: Once = Once::new();
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());
/// One input at a time: a panic on a server's thread belongs to the input at work.
static AT_WORK: Mutex<()> = Mutex::new(());

fn panics() -> Vec<String> {
    std::mem::take(&mut *PANICS.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
}

/// Runs `target` on `data`. `Err` says what panicked, here or on any other thread of the process meanwhile.
pub fn run(target: &Target, data: &[u8]) -> Result<(), String> {
    HOOK.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |info| {
            PANICS.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push(info.to_string());
            usual(info);
        }));
    });
    let _alone = AT_WORK.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    panics();
    let outcome = catch_unwind(AssertUnwindSafe(|| (target.run)(data)));
    let seen = panics();
    match outcome {
        Ok(()) if seen.is_empty() => Ok(()),
        _ => Err(seen.join("\n")),
    }
}
