//! Trains and measures the model of `content::offence`: `cargo xtask train DATA_FOLDER`.
//!
//! The folder holds the public data sets, which are not ours to commit; our own examples are in
//! `examples/`. The same data give the same model, bit for bit: one thread, a fixed order, and
//! arithmetic that every platform rounds alike. `--check` trains again and compares; `--folds`
//! cross-validates one head.

mod arithmetic;
mod data;
mod encode;
mod lists;
mod logistic;
mod measure;
mod report;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use content::offence::Detector;
use content::offence::model::Head;

const HELP: &str = "trainer DATA_FOLDER [--check | --folds HEAD]";

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        [folder] => run(Path::new(folder), Keep::Write),
        [folder, "--check"] | ["--check", folder] => run(Path::new(folder), Keep::Compare),
        [folder, "--folds", head] => folds(Path::new(folder), head),
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

/// How well a head does on texts that its training is held back from, each fold in turn: by this,
/// costs and the like are chosen.
fn folds(folder: &Path, head: &str) -> Result<(), String> {
    let head = Head::ALL.into_iter().find(|one| one.name() == head);
    let head = head.ok_or("no such head")?;
    let data = data::read(folder)?;
    print!("{}", report::folds(&data, head));
    Ok(())
}

/// What becomes of the model and its figures.
#[derive(Clone, Copy)]
enum Keep {
    Write,
    Compare,
}

fn run(folder: &Path, keep: Keep) -> Result<(), String> {
    let data = data::read(folder)?;
    println!("{} texts, {} mails", data.examples.len(), data.mails.len());
    let model = encode::train(&data);
    let detector = Detector::new(&model);
    let figures = report::write(&detector, &data, folder)?;
    print!("{figures}");
    println!("{}", report::speed(&detector, &data));
    settle(&models().join("offence.model"), &model, keep)?;
    settle(
        &models().join("offence.figures.txt"),
        figures.as_bytes(),
        keep,
    )
}

fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../content/models")
}

fn settle(path: &Path, bytes: &[u8], keep: Keep) -> Result<(), String> {
    let wrong = |error: std::io::Error| format!("{}: {error}", path.display());
    match keep {
        Keep::Write => fs::write(path, bytes).map_err(wrong),
        Keep::Compare if fs::read(path).map_err(wrong)? == bytes => {
            println!("{} is the same", path.display());
            Ok(())
        }
        Keep::Compare => Err(format!("{} differs", path.display())),
    }
}
