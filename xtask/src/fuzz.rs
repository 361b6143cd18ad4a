//! `cargo xtask fuzz`: one reader under libFuzzer, by a stable compiler.
//!
//! Coverage is LLVM's, which rustc passes on with any channel; no sanitizer is needed, as nothing here is
//! unsafe. What was found stays in `target/fuzz`: `corpus/NAME` to go on from, `found/NAME` what broke.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How LLVM is told to count what ran, as `cargo fuzz` does it.
const FLAGS: &[&str] = &[
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
    "-Cdebug-assertions",
    "-Coverflow-checks",
];

/// Seconds where nothing else is said.
const SECONDS: &str = "60";

/// Looks for bytes that break a reader; `args` go to libFuzzer.
pub(crate) fn run(name: &str, args: &[&str]) -> Result<(), String> {
    let target = env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".to_owned());
    let place = Path::new(&target).join("fuzz");
    let program = build(&place)?;
    let [corpus, found] = ["corpus", "found"].map(|folder| place.join(folder).join(name));
    for folder in [&corpus, &found] {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let mut fuzz = Command::new(program);
    fuzz.env("FUZZ_TARGET", name).env("FUZZ_CORPUS", &corpus);
    fuzz.arg(&corpus);
    fuzz.arg(format!("-artifact_prefix={}/", found.display()));
    if !args
        .iter()
        .any(|arg| arg.starts_with("-max_total_time") || arg.starts_with("-runs"))
    {
        fuzz.arg(format!("-max_total_time={SECONDS}"));
    }
    // An input that takes ten seconds is as bad as one that panics.
    let status = fuzz
        .args(["-timeout=10", "-rss_limit_mb=4096"])
        .args(args)
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!("what broke `{name}` lies in {}", found.display())),
        Err(error) => Err(format!("the fuzzer does not start: {error}")),
    }
}

fn build(place: &Path) -> Result<PathBuf, String> {
    // Named, so that what runs while building is not counted.
    let host = host()?;
    let target_dir = place.join("build");
    let mut cargo = Command::new("cargo");
    cargo.args([
        "build",
        "--locked",
        "--release",
        "-p",
        "fuzz",
        "--features",
        "libfuzzer",
    ]);
    cargo
        .args(["--target", &host])
        .arg("--target-dir")
        .arg(&target_dir);
    cargo.env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}"));
    match cargo.status() {
        Ok(status) if status.success() => Ok(target_dir.join(host).join("release/fuzz")),
        Ok(_) => Err(
            "the fuzzer does not build; it needs a C++ compiler (apt-get install g++)".to_owned(),
        ),
        Err(error) => Err(format!("cargo does not start: {error}")),
    }
}

fn host() -> Result<String, String> {
    let said = Command::new("rustc").arg("-vV").output();
    let said = said.map_err(|error| format!("rustc does not start: {error}"))?;
    let said = String::from_utf8_lossy(&said.stdout);
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| "rustc does not name this machine".to_owned())
}
