//! Small disks of a test's own: mounts that nobody else sees and that go with the test's process.

use std::{
    fs::{self, File, OpenOptions},
    io::Write as _,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process::Command,
};

/// Says that this process has mounts of its own.
const INSIDE: &str = "DURE_TEST_OWN_MOUNTS";

/// True if this process has mounts of its own. Else runs the test `name` of this program again in a process that has, expects it to
/// pass, and returns false: then there is nothing left to do.
pub fn own(name: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    // Root needs no name space of users for it; others become root in one.
    let root = fs::metadata("/proc/self").unwrap().uid() == 0;
    let mut command = Command::new("unshare");
    command.arg(if root { "-m" } else { "-rm" }).arg(std::env::current_exe().unwrap());
    let status = command.args(["--exact", name, "--nocapture"]).env(INSIDE, "1").status();
    let status = status.expect("unshare(1) of util-linux is needed");
    assert!(status.success(), "{name} failed in a process with mounts of its own: {status}");
    false
}

/// Puts `folder`, which is made if it is not there, on a disk of its own of so many MiB, with what is in it.
pub fn small_disk(folder: &Path, mib: u64) {
    fs::create_dir_all(folder).unwrap();
    let aside = folder.with_extension("aside");
    let size = format!("size={mib}m,mode=700");
    run(Command::new("cp").arg("-a").args([folder, &aside]));
    run(Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder));
    run(Command::new("cp").arg("-a").args([&aside.join("."), folder]));
}

fn run(command: &mut Command) {
    assert!(command.status().unwrap().success(), "{command:?}");
}

/// A file that takes space away.
pub struct Ballast(PathBuf);

impl Ballast {
    /// Fills the disk of `folder` until `free` bytes are left.
    pub fn leaving(folder: &Path, free: u64) -> Self {
        let path = folder.join("ballast");
        let mut file = File::create(&path).unwrap();
        let more = free_bytes(folder).saturating_sub(free);
        let block = vec![0u8; 64 * 1024];
        for _ in 0..more / 65_536 {
            file.write_all(&block).unwrap();
        }
        Self(path)
    }

    /// Takes what is left as well, and whatever has become free since.
    pub fn take_all(&self) {
        let mut file = OpenOptions::new().append(true).open(&self.0).unwrap();
        for size in [64 * 1024, 4 * 1024, 1] {
            let block = vec![0u8; size];
            while file.write_all(&block).is_ok() {}
        }
    }
}

impl Drop for Ballast {
    fn drop(&mut self) {
        fs::remove_file(&self.0).unwrap();
    }
}

/// Free bytes of the disk of `folder`, by df(1).
pub fn free_bytes(folder: &Path) -> u64 {
    let output = Command::new("df").args(["--output=avail", "-B1"]).arg(folder).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().last().unwrap().trim().parse().unwrap()
}
