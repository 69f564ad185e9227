//! Runs targets without libFuzzer: `list`, `replay TARGET FILE…`, `run TARGET SECONDS [SEED]` (blind mutation, for
//! machines on which libFuzzer cannot be built), `seed` (writes every corpus' first inputs).
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a tool of the tests")]

use std::{
    env, fs,
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};

use dure_fuzz_targets::{
    TARGETS, Target, corpus, find,
    mutate::{Dice, mutate},
    run::run,
    seeds,
};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let good = match words.as_slice() {
        ["list"] => {
            TARGETS
                .iter()
                .for_each(|target| println!("{}\t{}\t{}", target.name, target.max_len, target.covers));
            true
        }
        ["seed"] => {
            seeds::write().unwrap();
            true
        }
        ["replay", name, files @ ..] => files.iter().all(|file| replay(named(name), Path::new(file))),
        ["run", name, seconds] => blind(named(name), seconds.parse().unwrap(), 1),
        ["run", name, seconds, seed] => blind(named(name), seconds.parse().unwrap(), seed.parse().unwrap()),
        _ => {
            println!("dure-fuzz-driver list | seed | replay TARGET FILE… | run TARGET SECONDS [SEED]");
            false
        }
    };
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn named(name: &str) -> &'static Target {
    find(name).unwrap_or_else(|| panic!("no target is called {name}; see `list`"))
}

/// A file, or every file of a folder.
fn replay(target: &Target, path: &Path) -> bool {
    let inputs = match path.is_dir() {
        true => corpus::read(path).unwrap(),
        false => vec![(path.to_owned(), fs::read(path).unwrap())],
    };
    let mut good = true;
    for (path, data) in inputs {
        let outcome = run(target, &data);
        println!("{} {}", if outcome.is_ok() { "ok  " } else { "FAIL" }, path.display());
        good &= outcome.is_ok();
    }
    good
}

fn blind(target: &Target, seconds: u64, seed: u64) -> bool {
    let inputs = corpus::read(&corpus::folder(target.name)).unwrap();
    let inputs: Vec<Vec<u8>> = inputs.into_iter().map(|(_, data)| data).collect();
    let (mut dice, end, mut count) = (Dice::new(seed), Instant::now() + Duration::from_secs(seconds), 0u64);
    while Instant::now() < end {
        let data = mutate(&mut dice, &inputs, target.max_len);
        count += 1;
        if run(target, &data).is_err() {
            let file = env::temp_dir().join(format!("crash-{}-{seed}-{count}", target.name));
            fs::write(&file, data).unwrap();
            println!("{}: FAIL after {count} inputs, seed {seed}", target.name);
            println!("repeat: cargo run -p dure-fuzz-targets -- replay {} {}", target.name, file.display());
            return false;
        }
    }
    println!("{}: {count} inputs, seed {seed}", target.name);
    true
}
