//! Automation of the project: `cargo xtask test`, `bench`, `fuzz`, `train`, `dist`.

mod fuzz;
mod packages;

use std::env;
use std::path::Path;
use std::process::{Command, ExitCode};

const HELP: &str = "\
Automation of the project.

  cargo xtask test [ARGS…]    every test; ARGS go to `cargo test`, such as -p policy
  cargo xtask bench NAME [ARGS…]
                              one benchmark beside its peers: calls, console, content, decide, journal,
                              lake, mail, register, web
  cargo xtask fuzz NAME [ARGS…]
                              one reader under libFuzzer for a minute; ARGS go to libFuzzer, such as
                              -max_total_time=600. Names are in fuzz/src/lib.rs: mail, file, icap …
  cargo xtask train DATA_FOLDER [--check | --folds HEAD]
                              the models `content` is built with and their figures; with --check
                              compares them with those kept here, with --folds cross-validates a head
  cargo xtask dist            the release binary and its man pages, in target/dist

`test` needs Postfix, Squid, FreeRADIUS, Prosody, CUPS, ClamAV, OpenLDAP, PostgreSQL, Prometheus, Chromium
and Node.js for the end-to-end tests, and LibreOffice, poppler, qpdf, 7-Zip and genisoimage to compare
what is read in files. As root on Debian it installs what is missing; otherwise it says what to install,
and goes on without those tests unless CI=true.
";

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.split_first() {
        Some((&"test", rest)) => test(rest),
        Some((&"bench", [name, rest @ ..])) => bench(name, rest),
        Some((&"fuzz", [name, rest @ ..])) => fuzz::run(name, rest),
        Some((&"train", rest)) => train(rest),
        Some((&"dist", [])) => dist(),
        Some((&("help" | "--help" | "-h"), _)) => {
            print!("{HELP}");
            Ok(())
        }
        _ => Err(HELP.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn test(args: &[&str]) -> Result<(), String> {
    packages::ensure()?;
    // The end-to-end tests start the program itself.
    let program = ["build", "--locked", "--package", "probity"];
    if args.contains(&"-p") || args.contains(&"--package") {
        cargo(&program)?;
        return cargo(&[&["test", "--locked"], args].concat());
    }
    // With the SQL engine in it, which is off otherwise. A run of everything makes the program on its way, of
    // the same parts; by itself some of them would be compiled twice.
    if !args.is_empty() {
        cargo(&[&program[..], &["--features", "sql"]].concat())?;
    }
    let all = ["--locked", "--workspace", "--features", "probity/sql"];
    cargo(&[&["test"], &all[..], args].concat())
}

fn bench(name: &str, args: &[&str]) -> Result<(), String> {
    cargo(&["build", "--release", "--locked", "--package", "probity"])?;
    let run = ["run", "--release", "--locked", "--package", "benches"];
    // The lake's is of the SQL engine too.
    let with: &[&str] = match name {
        "lake" => &["--features", "sql"],
        _ => &[],
    };
    cargo(&[&run[..], with, &["--bin", name, "--"], args].concat())
}

fn train(args: &[&str]) -> Result<(), String> {
    let trainer = ["run", "--release", "--locked", "--package", "trainer", "--"];
    cargo(&[&trainer, args].concat())
}

fn dist() -> Result<(), String> {
    let program = ["build", "--release", "--locked", "--package", "probity"];
    cargo(&[&program[..], &["--features", "sql"]].concat())?;
    let target = env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".to_owned());
    let (binary, folder) = (
        Path::new(&target).join("release/probity"),
        Path::new(&target).join("dist"),
    );
    let wrong =
        |what: &Path, error: std::io::Error| format!("cannot write {}: {error}", what.display());
    std::fs::create_dir_all(&folder).map_err(|error| wrong(&folder, error))?;
    std::fs::copy(&binary, folder.join("probity")).map_err(|error| wrong(&folder, error))?;
    run(Command::new(&binary).arg("man").arg(folder.join("man")))
}

fn cargo(args: &[&str]) -> Result<(), String> {
    run(Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())).args(args))
}

fn run(command: &mut Command) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{command:?} ended with {status}")),
        Err(error) => Err(format!("{command:?} could not be started: {error}")),
    }
}
